import { basePathOf } from '../domain/basePath.ts'
import { activate } from '../domain/accounts/registrations.ts'
import type { OperationContext, Reply } from './context.ts'
import { activationDetails } from './views.ts'

/**
 * Answers the mailed link. A mail scanner opens it as a browser does, so that a browser is sent to a page that
 * requires a click (security 30).
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
