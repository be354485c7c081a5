import { basePathOf } from '../domain/basePath.ts'
import { activate } from '../domain/accounts/registrations.ts'
import { activationAnswers } from './confirmActivation.ts'
import type { OperationContext, Reply } from './context.ts'

/** The mailed link. A mail scanner opens it as a browser does, so a browser is sent to a page that asks for a click (security 30). */
export async function activateUser({
  input,
  request,
  services,
}: OperationContext<'activateUser'>): Promise<Reply<'activateUser'>> {
  const { code } = input.query
  const isClient =
    services.config.activateByGet === 'json'
      ? request.acceptsExplicitly('application/json')
      : request.preferredType('application/json', 'text/html') !== 'text/html'
  if (request.isHead || !isClient) {
    const location = `${basePathOf(services.config.baseUrl)}/account/activate/?code=${encodeURIComponent(code)}`
    return { status: 303, headers: { Location: location, Vary: 'Accept' } }
  }
  return { status: 200, body: activationAnswers[await activate(services.db, code)] }
}
