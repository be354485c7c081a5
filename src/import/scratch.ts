import { DatabaseSync } from 'node:sqlite'

export type SeenUser = { address: string; legacyId: string; email: string; lastLogin: string | null }
type SeenRow = { legacy_id: string; email: string }
export type Collision = { winner: string | undefined; losers: { legacy_id: string; email: string }[] }

/**
 * Finds the users whose normalized addresses are equal. The addresses are in a temporary SQLite database on disk, so
 * that the memory does not grow with their number.
 */
export class Scratch {
  readonly #database = new DatabaseSync('') // SQLite deletes this temporary file when it is closed.
  readonly #insert
  readonly #find

  constructor() {
    this.#database.exec(`
      create table seen (
        position integer primary key, address text, legacy_id text, email text, last_login text
      );
      create table losers (legacy_id text primary key) without rowid`)
    this.#insert = this.#database.prepare(
      'insert into seen (address, legacy_id, email, last_login) values (?, ?, ?, ?)',
    )
    this.#find = this.#database.prepare('select 1 from losers where legacy_id = ?')
  }

  add(users: readonly SeenUser[]): void {
    this.#database.exec('begin')
    for (const { address, legacyId, email, lastLogin } of users) this.#insert.run(address, legacyId, email, lastLogin)
    this.#database.exec('commit')
  }

  /**
   * Returns the users of each address that several users have.
   * @param choice `first`: the user with the lowest key gets the address. `latest`: the user who signed in last.
   * `none`: no user gets it
   */
  *resolve(choice: 'first' | 'latest' | 'none'): Generator<Collision> {
    this.#database.exec('create index seen_address on seen (address)')
    const order = choice === 'latest' ? `coalesce(last_login, '') desc, position` : 'position'
    const group = this.#database.prepare(`select legacy_id, email from seen where address = ? order by ${order}`)
    const lose = this.#database.prepare('insert or ignore into losers values (?)')
    const shared = this.#database.prepare('select address from seen group by address having count(*) > 1').all()
    for (const { address } of shared as { address: string }[]) {
      const users = (group.all(address) as SeenRow[]).map(({ legacy_id, email }) => ({ legacy_id, email }))
      const losers = choice === 'none' ? users : users.slice(1)
      for (const { legacy_id } of losers) lose.run(legacy_id)
      yield { winner: choice === 'none' ? undefined : users[0]?.legacy_id, losers }
    }
  }

  isLoser(legacyId: string): boolean {
    return this.#find.get(legacyId) !== undefined
  }

  close(): void {
    this.#database.close()
  }
}
