import assert from 'node:assert/strict'
import fc from 'fast-check'
import { listParts } from '../../scripts/coverage/enums.ts'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi, type Schema } from '../../scripts/openapi.ts'
import { createAjv } from '../../src/http/validation.ts'
import { formats } from '../../src/openapi.ts'
import { password, TestService, type Answer, type OperationId } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'

type Members = Record<string, unknown>

/** The members of requests that no reply returns, each with the reason. */
const unreturned: Record<string, string> = {
  password: 'a secret',
  password_confirm: 'a secret',
  current_password: 'a secret',
  code: 'a secret, which works once',
  refresh: 'a secret',
  token: 'a secret',
  keep_current: 'says what to do, and is not stored',
}
/** The operations whose `email` only names an account. */
const lookups = ['resendActivation', 'forgotPassword', 'createToken', 'unsuppressAddress']

const { operations } = readCoveredApi(readOpenApi())
const ajv = createAjv(formats)

/** The members that each operation stores. */
const stored = operations
  .filter(({ id }) => !lookups.includes(id))
  .flatMap(({ id, body }) =>
    Object.entries(body?.schema.properties ?? {}).map(([member, schema]) => ({ id, member, schema })),
  )
  .filter(({ member }) => !(member in unreturned))

/** Finds the schema of a user in the schema of a reply, at any depth. */
function findUser(schema: Schema | undefined): Schema | undefined {
  if (!schema) return undefined
  if (schema.component === 'User' || schema.component === 'AdminUser') return schema
  return listParts(schema)
    .map(([, part]) => findUser(part))
    .find((found) => found)
}

const returned = new Map(
  operations.flatMap(({ id, replies }) => {
    const user = replies.map(({ media }) => findUser(media?.schema)).find((found) => found)
    return user ? [[id, Object.keys(user.properties ?? {})]] : []
  }),
)

/** Makes valid values: all of an enum or a boolean, otherwise the example and a few that match the schema. */
function valuesOf({ type, enum: values, example, ...schema }: Schema): unknown[] {
  const types = [type].flat()
  const none = types.includes('null') ? [null] : []
  if (values) return [...values, ...none]
  if (types.includes('boolean')) return [true, false, ...none]
  assert.ok(types.includes('string'), `${String(type)}: make values of this type here`)
  const texts = fc.stringMatching(new RegExp(schema.pattern ?? '', 'u')).filter((text) => ajv.validate(schema, text))
  return [example, ...fc.sample(texts, { seed: 1, numRuns: 3 }), ...none]
}

describe('values that a request stores', () => {
  let service: TestService
  let superuser: Person
  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const callAsSuperuser = (id: OperationId, call: object) => service.call(id, { token: superuser.access, ...call })
  const confirm = async (id: OperationId, email: string) =>
    service.call(id, { body: { code: (await service.mailTo(email)).code } })

  type Stored = { reply: Answer; email: string; signIn: () => Promise<string> }

  /** Functions that call an operation with the given members and the required ones, and confirm an email change. */
  const writers: Record<string, (members: Members) => Promise<Stored>> = {
    registerUser: async (members) => {
      const body = { email: service.email(), password, password_confirm: password, ...members }
      const reply = await service.call('registerUser', { body })
      await confirm('confirmActivation', body.email)
      return ofNewUser(reply, body.email)
    },
    createUser: async (members) => {
      const body = { email: service.email(), password, ...members }
      return ofNewUser(await callAsSuperuser('createUser', { body }), body.email)
    },
    updateMe: async (body) => {
      const owner = await addOwner(service)
      return ofOwner(await service.call('updateMe', { body, token: owner.access }), owner)
    },
    updateUser: async (body) => {
      const owner = await addOwner(service)
      return ofOwner(await callAsSuperuser('updateUser', { path: { user_id: owner.id }, body }), owner)
    },
    changeEmail: async (members) => {
      const owner = await addOwner(service)
      const body = { current_password: password, email: service.email(), ...members }
      const reply = await service.call('changeEmail', { body, token: owner.access })
      await confirm('confirmEmail', body.email)
      return ofOwner(reply, { ...owner, email: body.email })
    },
  }
  const ofNewUser = (reply: Answer, email: string): Stored => ({
    ...{ reply, email },
    signIn: async () => (await service.signIn(email)).access,
  })
  const ofOwner = (reply: Answer, { email, access }: Person): Stored => ({
    ...{ reply, email },
    signIn: () => Promise.resolve(access),
  })

  /** Functions that read a user as a superuser. */
  const readersOfAny: Record<string, (email: string) => Promise<unknown>> = {
    listUsers: async (email) => {
      const { body } = await callAsSuperuser('listUsers', { query: { email } })
      return (body['results'] as unknown[])[0]
    },
    getUser: async (email) => {
      const { id } = (await readersOfAny['listUsers']?.(email)) as { id: string }
      return (await callAsSuperuser('getUser', { path: { user_id: id } })).body
    },
  }
  /** Functions that read a user with the user's own access token. */
  const readersOfOneself: Record<string, (token: string) => Promise<unknown>> = {
    getMe: async (token) => (await service.call('getMe', { token })).body,
    exportMe: async (token) =>
      (await service.call('exportMe', { token, body: { current_password: password } })).body['user'],
  }

  /** Reads a user with every operation that returns the member. */
  async function readAll(id: string, member: string, { reply, email, signIn }: Stored, isActive: boolean) {
    const token = isActive ? await signIn() : ''
    const reads: (readonly [reader: string, read: () => unknown])[] = [
      [id, () => reply.body],
      ...Object.entries(readersOfAny).map(([reader, read]) => [reader, () => read(email)] as const),
      ...Object.entries(isActive ? readersOfOneself : {}).map(([reader, read]) => [reader, () => read(token)] as const),
    ]
    const users = reads.filter(([reader]) => returned.get(reader)?.includes(member))
    return Promise.all(users.map(async ([reader, read]) => ({ reader, user: (await read()) as Members })))
  }

  for (const { id, member, schema } of stored)
    it(`are returned by every operation that returns the user: ${member} of ${id}`, async () => {
      for (const value of schema.format === 'idn-email' ? [service.email()] : valuesOf(schema)) {
        const change = (await writers[id]?.({ [member]: value })) ?? assert.fail('add it to the writers above')
        assert.ok(change.reply.status < 300, JSON.stringify(change.reply.body))
        const users = await readAll(id, member, change, member !== 'is_active' || value === true)
        assert.ok(users.length > 0, 'no operation returns it')
        for (const { reader, user } of users) assert.deepEqual(user[member] ?? null, value, `${reader} after ${id}`)
      }
    })

  for (const { member, schema } of stored.filter(({ id }) => id === 'updateUser'))
    it(`are recorded as a security event if updateUser changes them: ${member}`, async () => {
      const { id } = await addUser(service)
      const before = (await callAsSuperuser('getUser', { path: { user_id: id } })).body[member] ?? null
      const value = valuesOf(schema).find((one) => one !== before)
      await callAsSuperuser('updateUser', { path: { user_id: id }, body: { [member]: value } })
      const { body } = await callAsSuperuser('listSecurityEvents', { query: { user: id } })
      assert.equal((body['results'] as unknown[]).length, 1)
    })

  it('are read in this test by every operation that returns a user', () => {
    const readers = [...Object.keys(readersOfAny), ...Object.keys(readersOfOneself)]
    const known = new Set([...readers, ...Object.keys(writers)])
    assert.deepEqual(
      [...returned.keys()].filter((id) => !known.has(id)),
      [],
    )
  })

  it('are exempt from this test only if the contract still has their member', () => {
    const named = new Set(operations.flatMap(({ body }) => Object.keys(body?.schema.properties ?? {})))
    for (const member of Object.keys(unreturned)) assert.ok(named.has(member), member)
    for (const id of lookups) assert.ok(operations.find((operation) => operation.id === id)?.body, id)
  })
})
