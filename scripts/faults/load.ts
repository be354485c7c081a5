import { setTimeout as sleep } from 'node:timers/promises'
import * as actions from './actions.ts'
import type { World } from './actions.ts'
import { Administrator } from './administrator.ts'
import { Person } from './person.ts'
import type { Random } from './random.ts'
import type { Template } from './template.ts'

/** How often an active person does what. A sign-in and a new password cost most, because they hash passwords. */
const weights = {
  ...{ readMe: 40, updateMe: 30, refresh: 20, signIn: 6, changePassword: 3 },
  ...{ signOut: 3, forgot: 2, change: 2 },
}

export type LoadOptions = { template: Template; random: Random; concurrency?: number }

/** Persons and an administrator who use the service at the same time, one request after the other each. */
export class Load {
  readonly persons: Person[] = []
  readonly administrator: Administrator
  readonly #world: World
  readonly #random: Random
  readonly #running: Promise<void>[] = []
  #stopped = false

  constructor(world: World, { template, random, concurrency = 12 }: LoadOptions) {
    this.#world = world
    this.#random = random
    this.administrator = new Administrator(world, template.administrator)
    for (const { email, password, refresh } of template.accounts.slice(0, concurrency))
      this.persons.push(new Person(email, password, 'active', refresh))
  }

  start(): void {
    for (const person of this.persons.slice()) this.#running.push(this.#live(person))
    this.#running.push(this.#administrate())
  }

  /** Lets the requests that are on their way end, and starts no further one. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }

  async #administrate(): Promise<void> {
    while (!this.#stopped) {
      await this.administrator.act()
      await sleep(this.#random.integer(100, 300))
    }
  }

  /** Acts for a person, and sometimes for a new person in the place of the former one. */
  async #live(first: Person): Promise<void> {
    for (let person = first; !this.#stopped;) {
      if (person.state === 'new') await actions.register(this.#world, person)
      else if (person.state === 'pending') await this.#activate(person)
      else if (person.mailsBefore !== undefined && this.#random.next() < 0.3) await actions.restore(this.#world, person)
      else if ((await this.#act(person)) === 'change') person = this.#addPerson()
      await sleep(this.#random.integer(5, 40))
    }
  }

  async #activate(person: Person): Promise<void> {
    const mails = this.#world.mailServer.mailsTo(person.email).length
    if (mails > 0) await actions.activate(this.#world, person)
    else await sleep(50)
  }

  #addPerson(): Person {
    const person = new Person(`${this.#world.unique('new')}@example.com`, this.#world.unique('granite'), 'new')
    this.persons.push(person)
    return person
  }

  async #act(person: Person): Promise<keyof typeof weights> {
    const name = this.#random.weighted(weights)
    if (name === 'change') return name
    const session = person.openSession
    if (session?.access === '') await actions.refresh(this.#world, person, session)
    else if (name === 'forgot') await actions.forgot(this.#world, person)
    else if (name === 'signIn' || !session) await actions.signIn(this.#world, person)
    else await actions[name](this.#world, person, session)
    return name
  }
}
