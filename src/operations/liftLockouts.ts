import * as lockouts from '../domain/accounts/lockouts.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function liftLockouts({
  input,
  principal,
  request,
  services,
}: OperationContext<'liftLockouts'>): Promise<Reply<'liftLockouts'>> {
  await lockouts.liftLockouts(services.db, services.limits, input.path.user_id, asActor(principal, request))
  return { status: 204 }
}
