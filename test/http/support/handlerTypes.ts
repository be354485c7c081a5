// The marked lines must not compile. tsc reports each that does, and handlerTypes.slow.test.ts checks that each one fails.
import { findUser, insertCode, type FindUserRow } from '../../../generated/queries.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Handlers, OperationContext, Reply } from '../../../src/operations/context.ts'
import { handlers } from '../../../src/operations/index.ts'

const { getJwks: _getJwks, ...others } = handlers
const user = {
  id: '',
  email: '',
  first_name: '',
  last_name: '',
  language: 'en',
  is_superuser: false,
  date_joined: '',
} as const
const headers = { ETag: '' }

// @ts-expect-error an operation without a handler
export const missing: Handlers = others
// @ts-expect-error a handler that the contract does not know
export const unknown: Handlers = { ...handlers, getNothing: handlers.getLiveness }
// @ts-expect-error the handler of another operation
export const crossed: Handlers = { ...handlers, getMe: handlers.getJwks }

export function wrongStatus(): Promise<Reply<'getMe'>> {
  // @ts-expect-error 201 instead of 200
  return Promise.resolve({ status: 201, headers, body: user })
}

export function failureReturned(): Promise<Reply<'getMe'>> {
  // @ts-expect-error a failure must be thrown, not returned
  return Promise.resolve({ status: 401, headers, body: user })
}

export function bodyOnBodyless(): Reply<'activateUser'> {
  // @ts-expect-error 303 has no body
  return { status: 303, headers: { Location: '/', Vary: 'Accept' }, body: { detail: '' } }
}

export function missingBody(): Reply<'getMe'> {
  // @ts-expect-error 200 requires a body
  return { status: 200, headers }
}

export function missingMember(): Reply<'createToken'> {
  // @ts-expect-error the body lacks refresh
  return { status: 200, rateLimit: undefined, body: { access: '' } }
}

export function wrongMember(): Reply<'revokeToken'> {
  // @ts-expect-error the body must be an empty object
  return { status: 200, body: { revoked: 1 } }
}

export function wrongMemberType(): Reply<'getMe'> {
  // @ts-expect-error email must be a string
  return { status: 200, headers, body: { ...user, email: 1 } }
}

export function wrongEnum(): Reply<'getMe'> {
  // @ts-expect-error not a language of the contract
  return { status: 200, headers, body: { ...user, language: 'de' } }
}

export function extraMember(): Reply<'getMe'> {
  // @ts-expect-error a leaked column
  return { status: 200, headers, body: { ...user, password_hash: '' } }
}

export function undeclaredHeader(): Reply<'getMe'> {
  // @ts-expect-error a header that the contract does not document
  return { status: 200, headers: { ...headers, 'X-Debug': '1' }, body: user }
}

export function missingHeaders(): Reply<'activateUser'> {
  // @ts-expect-error 303 requires headers
  return { status: 303 }
}

export function missingETag(): Reply<'getMe'> {
  // @ts-expect-error the contract requires an ETag
  return { status: 200, body: user }
}

export function missingLocation(): Reply<'activateUser'> {
  // @ts-expect-error 303 requires a Location
  return { status: 303, headers: { Vary: 'Accept' } }
}

export function missingRateLimit(): Reply<'refreshToken'> {
  // @ts-expect-error the contract requires a rate limit
  return { status: 200, body: { access: '', refresh: '' } }
}

export function undocumentedRateLimit(): Reply<'getMe'> {
  const rateLimit = { policy: 'me', limit: 1, window: 1, remaining: 1, reset: 1 }
  // @ts-expect-error the contract documents no rate limit
  return { status: 200, headers, rateLimit, body: user }
}

export function missingType(): Reply<'getContract'> {
  // @ts-expect-error the reply lacks its content type, which is YAML
  return { status: 200, body: 'openapi: 3.1.1' }
}

type Mails = AsyncIterable<{ kind: string; address: string; status: string; created_at: string }>
const exported = { exported_at: '', user: { ...user, is_active: true, email_confirmed: true, email_suppressed: false } }
const lists = { addresses: [], email_changes: [], sessions: [], devices: [], login_logs: [], security_events: [] }

export function streamed(mails: Mails): Reply<'exportMe'> {
  return { status: 200, rateLimit: undefined, stream: { ...exported, ...lists, mails } }
}

export function streamWithoutList(): Reply<'exportMe'> {
  // @ts-expect-error the list mails is missing
  return { status: 200, rateLimit: undefined, stream: { ...exported, ...lists } }
}

export function streamWithAnotherList(mails: Mails): Reply<'exportMe'> {
  // @ts-expect-error the list sessions contains mails
  return { status: 200, rateLimit: undefined, stream: { ...exported, ...lists, mails, sessions: mails } }
}

export function streamWithMore(mails: Mails): Reply<'exportMe'> {
  // @ts-expect-error a list that the contract does not know
  return { status: 200, rateLimit: undefined, stream: { ...exported, ...lists, mails, codes: mails } }
}

export function streamForMember(name: AsyncIterable<string>): Reply<'getMe'> {
  // @ts-expect-error a member that is not an array cannot be streamed
  return { status: 200, stream: { ...user, first_name: name } }
}

export function streamBesideBody(): Reply<'getMe'> {
  // @ts-expect-error a reply has either a body or a stream
  return { status: 200, body: user, stream: user }
}

export function publicPrincipal(context: OperationContext<'createToken'>): unknown {
  // @ts-expect-error a public operation has no principal
  return context.principal.user
}

export function securedPrincipal(context: OperationContext<'getMe'>): string {
  return context.principal.user.id
}

export function inputs(login: OperationContext<'listLoginLogs'>, signIn: OperationContext<'createToken'>): unknown[] {
  const size: number = login.input.query.page_size // never undefined, because it has a default
  // @ts-expect-error cursor can be undefined, because it has no default
  const cursor: string = login.input.query.cursor
  return [
    size,
    cursor,
    // @ts-expect-error a query parameter that the operation does not have
    login.input.query.pagesize,
    // @ts-expect-error a path parameter that the operation does not have
    login.input.path.user_id,
    // @ts-expect-error a GET has no body
    login.input.body.cursor,
    // @ts-expect-error a member that the body does not have
    signIn.input.body.username,
  ]
}

export async function queries(db: Database): Promise<unknown[]> {
  const row = await db.one(findUser({ userId: '' }))
  const mistakes: unknown[] = [
    // @ts-expect-error a misspelt parameter
    findUser({ userid: '' }),
    // @ts-expect-error a missing parameter
    insertCode({ userId: '', hash: Buffer.of(), purpose: 'activate', mailId: '' }),
    // @ts-expect-error a parameter of another type
    findUser({ userId: 1 }),
    // @ts-expect-error a misspelt column
    row.emial,
    // @ts-expect-error a column that can be null
    row.last_login.length,
    row.email.length,
  ]
  return mistakes
}

// @ts-expect-error a row that lacks columns
export const partialRow: FindUserRow = { id: '', email: '' }
