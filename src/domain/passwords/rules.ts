import { domainToUnicode } from 'node:url'
import { Problem, type FieldError } from '../../problems.ts'
import { isCommon, isPersonal, loadBlockList, type BlockList } from './blockList.ts'

/** Without a block list any password that is long enough is good. */
export type PasswordRules = { minLength: number; blockList: BlockList | undefined }

type Settings = { passwordMinLength: number; passwordBlockList: boolean | string; baseUrl: string }

/** @throws StartError when the block list cannot be read */
export async function loadPasswordRules(settings: Settings): Promise<PasswordRules> {
  const { passwordMinLength: minLength, passwordBlockList, baseUrl } = settings
  return {
    minLength,
    blockList: await loadBlockList(passwordBlockList, minLength, domainToUnicode(new URL(baseUrl).hostname)),
  }
}

/**
 * What a new password must be (security 1–7): long enough in code points, typed twice alike, and neither a common one nor
 * made of the address and the service's name; nothing else.
 * @param email whose password it is to be
 * @throws Problem invalid
 */
export function checkNewPassword(
  { password, password_confirm: again }: { password: string; password_confirm?: string },
  email: string,
  { minLength, blockList }: PasswordRules,
): void {
  const errors: FieldError[] = []
  const fault = (code: string, detail: string, pointer = '/password') => errors.push({ pointer, code, detail })
  const text = password.normalize('NFKC')
  if (Array.from(text).length < minLength)
    fault('password_too_short', `The password must have at least ${minLength} characters.`)
  if (blockList && isCommon(text, blockList))
    fault('password_too_common', 'The password is one of the common ones, which are guessed first.')
  else if (blockList && isPersonal(text, email, blockList))
    fault(
      'password_too_personal',
      'The password must be more than the email address, the name of the service, digits and signs.',
    )
  if (again !== undefined && text !== again.normalize('NFKC'))
    fault('password_mismatch', 'The two passwords differ.', '/password_confirm')
  if (errors.length > 0) throw new Problem('invalid', { errors })
}
