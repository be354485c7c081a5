import { parseEmailAddress } from '../domain/emailAddress.ts'
import { requestEmailChange } from '../domain/accounts/emailChanges.ts'
import { canEndUndo } from '../domain/accounts/emailUndo.ts'
import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { requireCurrentPassword } from '../domain/accounts/reauthentication.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

/**
 * Requests a change of the email address. The request does the same work for any email address. The worker later
 * determines whether the address is free, and decides which mail to send.
 */
export async function changeEmail({
  input,
  principal,
  request,
  services,
}: OperationContext<'changeEmail'>): Promise<Reply<'changeEmail'>> {
  const { id: userId, email } = principal.user
  const to = requireNewEmailAddress(input.body.email)
  services.deliverability.requireDeliverable(to)
  const isCurrent = to.address === parseEmailAddress(email)?.address
  if (isCurrent && !(await canEndUndo(services.db, userId))) throw unchangedAddress()
  const { user, sessionId } = principal
  const { verifiedHash } = await requireCurrentPassword(services, input.body.current_password, user, request)
  const rateLimit = await requestEmailChange(services, to, { userId, sessionId, verifiedHash }, request.client)
  return { status: 200, rateLimit, body: { detail: 'Check the mail of the new address to confirm the change.' } }
}

function unchangedAddress(): Problem {
  const detail = 'This is the address of the account already.'
  return new Problem('invalid', { errors: [{ pointer: '/email', code: 'unchanged', detail }] })
}
