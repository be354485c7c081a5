import pg from 'pg'
import {
  postJson,
  readMailedCode,
  registerActiveUser,
  type startTemporaryService,
  type Credentials,
} from '../temporaryService.ts'

const password = 'the password of a user who tests'

/**
 * The users of the tests. schemathesis.toml uses the same names. `example` is the user in the contract's request
 * examples.
 */
const users = {
  user: { email: 'user@example.com', password },
  superuser: { email: 'superuser@example.com', password },
  example: { email: 'test@example.com', password: '12345678' },
  otherSuperuser: { email: 'spare@example.com', password },
} satisfies Record<string, Credentials>

export type UserName = keyof typeof users
export type TokenPair = { access: string; refresh: string }

type Service = Pick<Awaited<ReturnType<typeof startTemporaryService>>, 'url' | 'dataDir' | 'databaseUrl'>

/** Creates the users. @returns the codes that activated the users; the service still accepts these codes */
export async function createUsers({ url, dataDir, databaseUrl }: Service): Promise<string[]> {
  const codes: string[] = []
  for (const user of Object.values(users))
    codes.push(await registerActiveUser(url, user, (email) => readMailedCode(dataDir, email)))
  const superusers = [users.superuser.email, users.otherSuperuser.email]
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('update users set is_superuser = true where email = any($1)', [superusers])
  await client.end()
  return codes
}

export function signIn({ url }: Service, name: UserName): Promise<TokenPair> {
  return postJson<TokenPair>(`${url}/api/v1/auth/token/`, users[name])
}
