/** The users of a sandbox, from a file in YAML or JSON. */
import { readFile } from 'node:fs/promises'
import { v5 as uuidv5 } from 'uuid'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { createUser, profileOf } from '../domain/accounts/users.ts'
import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { checkNewPassword } from '../domain/passwords/rules.ts'
import type { OperationContext, Services } from '../operations/context.ts'
import { loadInputCheck } from '../openapi.ts'
import { Problem, StartError } from '../problems.ts'

/** A user of the file: the members of a createUser request, of which the password is required. */
type FixtureUser = OperationContext<'createUser'>['input']['body'] & { password: string }

/** `fail` throws a StartError that names the position of the user, or of one of its members. */
export type Fixture = readonly { user: FixtureUser; fail: (problem: string, member?: string) => never }[]

// The ids of users are derived from their addresses, so that they are the same at each start.
const idNamespace = 'f3b1cf9c-6d2a-4c0e-9d64-0f6f0c9f6a55'

/**
 * Reads the users of a file, and validates them like requests of the operation createUser.
 * @throws StartError that names file, line and column of the first error
 */
export async function readFixture(file: string): Promise<Fixture> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`The users cannot be read (${(error as Error).message}): give --users a file in YAML or JSON.`)
  })
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const failAt = (offset: number, problem: string): never => {
    const { line, col } = lines.linePos(offset)
    throw new StartError(`${file}:${line}:${col}: ${problem}`)
  }
  const [syntaxError] = document.errors
  if (syntaxError) failAt(syntaxError.pos[0], `${syntaxError.message}.`)
  const content: unknown = document.toJS()
  if (!isUserList(content)) failAt(0, 'The file must have one member, users, which is a list.')
  const check = await loadInputCheck('createUser')
  return (content as { users: unknown[] }).users.map((user, index) => {
    const fail = (problem: string, member?: string) => failAt(findOffset(document, index, member), problem)
    explain(fail, () => {
      check({ body: user as object })
    })
    const { email, password } = user as Partial<FixtureUser>
    if (password === undefined) fail(`${email} has no password: give the user one.`)
    return { user: user as FixtureUser, fail }
  })
}

/** Creates the users of a fixture. @throws StartError that names the position of a user who cannot be created */
export async function createUsers(fixture: Fixture, { db, passwords, passwordRules }: Services): Promise<void> {
  for (const { user, fail } of fixture) {
    const { email, password, is_active = true, is_superuser = false } = user
    const to = explain(fail, () => {
      checkNewPassword({ password }, email, passwordRules)
      return requireNewEmailAddress(email)
    })
    const passwordHash = await passwords.hash(password)
    const row = { ...to, ...profileOf(user), passwordHash, is_active, is_superuser, email_confirmed: true }
    const userId = uuidv5(to.address, idNamespace)
    const created = await db.transaction((transaction) => createUser(transaction, { ...row, userId }))
    if (!created) fail(`${email} is there twice: remove one of the two users.`, 'email')
  }
}

function isUserList(content: unknown): boolean {
  if (typeof content !== 'object' || content === null) return false
  return Object.keys(content).join() === 'users' && Array.isArray((content as { users: unknown }).users)
}

/** Runs `work`, and reports the first error of a Problem at the position of the member that the error names. */
function explain<Result>(fail: (problem: string, member?: string) => never, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { pointer = '', detail } = error.errors?.[0] ?? { detail: error.message }
    const [, member] = pointer.split('/')
    return fail(member === undefined ? detail : `${member}: ${detail}`, member)
  }
}

/** Finds where a member of a user begins in the text, or where the user begins if the user has no such member. */
function findOffset(document: Document, index: number, member?: string): number {
  const user = ['users', index]
  const nodes = [member === undefined ? undefined : document.getIn([...user, member], true), document.getIn(user, true)]
  return nodes.find(isNode)?.range?.[0] ?? 0
}
