import * as mailActions from '../domain/accounts/mailActions.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asMail } from './views.ts'

export async function retryMail({
  input,
  principal,
  request,
  services,
}: OperationContext<'retryMail'>): Promise<Reply<'retryMail'>> {
  const mail = await mailActions.retryMail(services.db, input.path.mail_id, asActor(principal, request))
  return { status: 200, body: asMail(mail) }
}
