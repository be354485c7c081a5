import { mailLanguages } from '../../generated/mails.ts'

export type Language = (typeof mailLanguages)[number]

/**
 * Chooses the language of a mail.
 * @param preferred the user's or the registration's; without templates for it: English
 */
export function chooseLanguage(preferred: string | null): Language {
  return mailLanguages.find((language) => language === preferred) ?? 'en'
}
