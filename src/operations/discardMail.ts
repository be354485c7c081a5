import * as mailActions from '../domain/accounts/mailActions.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asMail } from './views.ts'

export async function discardMail({
  input,
  principal,
  request,
  services,
}: OperationContext<'discardMail'>): Promise<Reply<'discardMail'>> {
  const mail = await mailActions.discardMail(services.db, input.path.mail_id, asActor(principal, request))
  return { status: 200, body: asMail(mail) }
}
