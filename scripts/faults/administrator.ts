import { randomUUID } from 'node:crypto'
import { refresh, signIn, type World } from './actions.ts'
import { Person } from './person.ts'
import type { Account } from './template.ts'

type Created = { email: string; id: string | undefined; key: string; firstNames: Set<string> }

/** A superuser who creates, reads and changes users, and repeats a creation whose reply was lost. */
export class Administrator {
  readonly person: Person
  readonly created: Created[] = []
  readonly #world: World

  constructor(world: World, { email, password, refresh: token }: Account) {
    this.#world = world
    this.person = new Person(email, password, 'active', token)
  }

  async act(): Promise<void> {
    const session = this.person.openSession ?? (await signIn(this.#world, this.person))
    if (!session || (session.access === '' && !(await refresh(this.#world, this.person, session)))) return
    const unfinished = this.created.find(({ id }) => id === undefined)
    const known = this.created.at(-1)
    const { token, send } = { token: session.access, send: this.#world.client.send.bind(this.#world.client) }
    const outcomes = [
      await send('users/?page_size=5', { token, allowed: [401] }),
      await this.#create(token, unfinished),
      ...(known?.id === undefined ? [] : [await this.#update(token, known.id, known)]),
    ]
    if (outcomes.some(({ status }) => status === 401)) await refresh(this.#world, this.person, session)
  }

  /** Creates a user with an Idempotency-Key, so that a repetition returns the same user. */
  async #create(token: string, unfinished: Created | undefined) {
    const user = unfinished ?? {
      ...{ email: `${this.#world.unique('created')}@example.com`, id: undefined, key: randomUUID() },
      firstNames: new Set(['Created']),
    }
    if (!unfinished) this.created.push(user)
    const body = { email: user.email, first_name: 'Created' }
    const headers = { 'Idempotency-Key': user.key }
    const outcome = await this.#world.client.send('users/', { body, token, headers, allowed: [401] })
    if (outcome.kind === 'acknowledged') user.id = String(outcome.body['id'])
    return outcome
  }

  async #update(token: string, id: string, { firstNames }: Created) {
    const name = this.#world.unique('name')
    const call = { method: 'PATCH', body: { first_name: name }, token, allowed: [401] }
    const outcome = await this.#world.client.send(`users/${id}/`, call)
    if (outcome.kind === 'acknowledged') firstNames.clear()
    if (outcome.kind === 'acknowledged' || outcome.kind === 'uncertain') firstNames.add(name)
    return outcome
  }
}
