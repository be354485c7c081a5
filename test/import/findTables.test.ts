import assert from 'node:assert/strict'
import { findTables, type TableOptions } from '../../src/import/findTables.ts'

const user = ['id', 'password', 'last_login', 'email', 'is_active']
const log = ['id', 'user_id', 'ip_address', 'user_agent', 'timestamp']

const find = (tables: Record<string, string[]>, options: Partial<TableOptions> = {}) =>
  findTables({ tables: new Map(Object.entries(tables)) }, { logs: true, ...options })

describe('findTables', () => {
  it('finds the users and the login log by their columns', () => {
    const found = find({ a_user: user, a_log: log, other: ['id', 'user_id', 'timestamp'] })
    assert.equal(found.users.table, 'a_user')
    assert.deepEqual(Object.keys(found.users.columns).sort(), ['email', 'id', 'is_active', 'last_login', 'password'])
    assert.deepEqual(found.logs, {
      table: 'a_log',
      columns: { id: 'id', user: 'user_id', ip: 'ip_address', timestamp: 'timestamp', agent: 'user_agent' },
    })
    assert.deepEqual([found.addresses, found.tokens], [undefined, undefined])
  })

  it('finds other names of columns, and the fields of dumpdata', () => {
    const { logs } = find({ a_user: user, a_log: ['id', 'user', 'ip', 'created_at'] })
    assert.deepEqual(logs?.columns, { id: 'id', user: 'user', ip: 'ip', timestamp: 'created_at' })
  })

  it('takes the names that the operator gives', () => {
    const options = { userTable: 'people', idColumn: 'uid', emailColumn: 'username', logTable: 'second' }
    const people = ['uid', 'password', 'username']
    const found = find({ a_user: user, people, first: log, second: log }, options)
    assert.deepEqual(found.users.columns, { id: 'uid', email: 'username', password: 'password' })
    assert.equal(found.logs?.table, 'second')
  })

  it('finds the tables of django-allauth and authtoken', () => {
    const account_emailaddress = ['id', 'email', 'verified', 'primary', 'user_id']
    const found = find({ auth_user: user, account_emailaddress, authtoken_token: ['key', 'user_id'] })
    assert.equal(found.addresses?.columns.user, 'user_id')
    assert.equal(found.tokens, 'authtoken_token')
  })

  const refusals: [what: string, tables: Record<string, string[]>, options: Partial<TableOptions>, why: RegExp][] = [
    ['no table of users', { a: ['id'] }, {}, /No table has the columns password and last_login.*--user-table/],
    ['several tables of users', { a: user, b: user }, {}, /a, b: choose one with --user-table/],
    [
      'several login logs',
      { a: user, b: log, c: log },
      {},
      /b, c: choose one with --log-table, or none with --no-logs/,
    ],
    ['an unknown table', { a: user }, { userTable: 'x' }, /there is no table x\. There are: a\./],
    [
      'no column of email addresses',
      { a: user },
      { emailColumn: 'mail' },
      /no column mail: name it with --email-column/,
    ],
    ['a login log without IP addresses', { a: user, b: ['id'] }, { logTable: 'b' }, /b cannot be the login log/],
  ]
  for (const [what, tables, options, why] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => find(tables, options), why)
    })
  }

  it('does not look for a login log with --no-logs', () => {
    assert.equal(find({ a: user, b: log, c: log }, { logs: false }).logs, undefined)
  })
})
