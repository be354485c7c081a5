import { domainToUnicode } from 'node:url'
import { Problem, type FieldError } from '../../problems.ts'
import { isCommon, isPersonal, loadBlockList, type BlockList } from './blockList.ts'

/**
 * The rules for new passwords. `minLength` is in code points. Without a block list any password that is long enough
 * is accepted.
 */
export type PasswordRules = { minLength: number; blockList: BlockList | undefined }

type Settings = { passwordMinLength: number; passwordBlockList: boolean | string; baseUrl: string }

/** Loads the rules that the settings choose. @throws StartError if the block list cannot be read */
export async function loadPasswordRules(settings: Settings): Promise<PasswordRules> {
  const { passwordMinLength: minLength, passwordBlockList, baseUrl } = settings
  return {
    minLength,
    blockList: await loadBlockList(passwordBlockList, minLength, domainToUnicode(new URL(baseUrl).hostname)),
  }
}

/**
 * Checks a new password (security 1–7). The password must have enough code points, equal its confirmation, and not be
 * common. The password must not consist only of the email address, the name of the service, digits and signs. There
 * are no other rules.
 * @param email the email address of the account that gets the password
 * @throws Problem invalid, which lists all errors
 */
export function checkNewPassword(
  { password, password_confirm: confirmation }: { password: string; password_confirm?: string },
  email: string,
  { minLength, blockList }: PasswordRules,
): void {
  const errors: FieldError[] = []
  const addError = (code: string, detail: string, pointer = '/password') => errors.push({ pointer, code, detail })
  const text = password.normalize('NFKC')
  if (Array.from(text).length < minLength)
    addError('password_too_short', `The password must have at least ${minLength} characters.`)
  if (blockList && isCommon(text, blockList))
    addError('password_too_common', 'The password is one of the common ones, which are guessed first.')
  else if (blockList && isPersonal(text, email, blockList))
    addError(
      'password_too_personal',
      'The password must be more than the email address, the name of the service, digits and signs.',
    )
  if (confirmation !== undefined && text !== confirmation.normalize('NFKC'))
    addError('password_mismatch', 'The two passwords differ.', '/password_confirm')
  if (errors.length > 0) throw new Problem('invalid', { errors })
}
