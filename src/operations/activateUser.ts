import { basePathOf } from '../domain/basePath.ts'
import { activate } from '../domain/accounts/registrations.ts'
import type { OperationContext, Reply } from './context.ts'
import { activationDetails } from './views.ts'

/**
 * Answers the link in an activation mail. A mail scanner opens the link as a browser does. So this operation
 * activates only for API clients, and redirects browsers to a page that requires a click (security 30).
 */
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
  return { status: 200, body: activationDetails[await activate(services.db, code)] }
}
