/** What a client knows of a session: whether the service acknowledged its beginning and its end. */
/** An empty access token is one that has to be refreshed. */
export type Session = { access: string; refresh: string; state: 'live' | 'uncertain' | 'ended' }

/** The numbers of times that something has happened, at least and at most, as the replies show it. */
export type Times = { least: number; most: number }

/**
 * A person with an account, and everything that the replies revealed about the account. A lost reply leaves several
 * possibilities.
 */
export class Person {
  readonly email: string
  /** The password is one of these. */
  readonly passwords: Set<string>
  /** The first name is one of these. */
  readonly firstNames: Set<string>
  /** `pending`: a registration was acknowledged, or may have been stored. */
  state: 'new' | 'pending' | 'active'
  readonly sessions: Session[] = []
  signIns: Times = { least: 0, most: 0 }
  readonly mails: Record<'activation' | 'restore' | 'password_changed', Times> = {
    activation: { least: 0, most: 0 },
    restore: { least: 0, most: 0 },
    password_changed: { least: 0, most: 0 },
  }
  /** The number of mails that the person has when a recovery mail is requested; a later mail has the code. */
  mailsBefore: number | undefined
  /** Whether the password was set by a request of this run, and has to be tried at the end. */
  hasNewPassword = false

  /** @param refresh the refresh token of a session that the person has */
  constructor(email: string, password: string, state: Person['state'], refresh?: string) {
    if (refresh !== undefined) {
      this.sessions.push({ access: '', refresh, state: 'live' })
      this.signIns = { least: 1, most: 1 }
    }
    this.email = email
    this.passwords = new Set([password])
    this.firstNames = new Set([''])
    this.state = state
  }

  /** Records that the password may be, or is, another one. */
  setPassword(password: string, isCertain: boolean): void {
    if (isCertain) this.passwords.clear()
    this.passwords.add(password)
    this.hasNewPassword = true
  }

  setFirstName(name: string, isCertain: boolean): void {
    if (isCertain) this.firstNames.clear()
    this.firstNames.add(name)
  }

  /** Records that the sessions, except one, may have ended or have ended. */
  endSessions(isCertain: boolean, except?: Session): void {
    for (const session of this.sessions) {
      if (session === except || session.state === 'ended') continue
      session.state = isCertain ? 'ended' : 'uncertain'
    }
  }

  get openSession(): Session | undefined {
    return this.sessions.findLast(({ state }) => state !== 'ended')
  }
}

/** Counts an acknowledged or a possible effect. */
export function count(times: Times, isCertain: boolean): void {
  times.most++
  if (isCertain) times.least++
}
