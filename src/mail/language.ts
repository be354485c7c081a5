import { mailLanguages } from '../../generated/mails.ts'

export type Language = (typeof mailLanguages)[number]

/**
 * Chooses the language of a mail.
 * @param preferred the language of the user or of the registration
 * @returns the preferred language, or English if there are no templates in that language
 */
export function chooseLanguage(preferred: string | null): Language {
  return mailLanguages.find((language) => language === preferred) ?? 'en'
}
