import { readKeyStates } from '../domain/keys/keyStates.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSigningKey } from './views.ts'

export async function listSigningKeys({
  principal,
  services,
}: OperationContext<'listSigningKeys'>): Promise<Reply<'listSigningKeys'>> {
  const keys = await services.lists.run(principal.user.id, readKeyStates)
  return { status: 200, body: { keys: keys.map(asSigningKey) } }
}
