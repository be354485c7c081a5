/** A list that is read at every step. */
export type Read = {
  name: string
  path: string
  /** A path whose next page is read, instead of `path`. */
  before?: string
}

const log = '/api/v1/logs/login/'
const users = '/api/v1/users/'

/** Returns the pages of the login log that are read. @param middle the time at which the deep page starts */
export function readsOfLog(middle: string): Read[] {
  const rest = { timestamp_before: middle }
  return [
    { name: 'first page', path: log },
    { name: 'deep page', path: log, before: toPath(log, rest) },
    { name: 'filtered page', path: toPath(log, { user_agent: 'firefox' }) },
    { name: 'no match by User-Agent', path: toPath(log, { user_agent: 'zzyzx' }) },
    { name: 'no match by IP address', path: toPath(log, { ip_address: '192.0.2.1' }) },
  ]
}

/** The searches of a superuser. No user of the bench has a q in the email address or the names. */
export const searches: Read[] = [
  { name: 'a fragment of all users', path: toPath(users, { search: 'example' }) },
  { name: 'a fragment of every tenth user', path: toPath(users, { search: 'ova' }) },
  { name: 'a fragment of few users', path: toPath(users, { search: 'anna.albers1a' }) },
  { name: 'two letters of no user', path: toPath(users, { search: 'qx' }) },
  { name: 'one letter of most users', path: toPath(users, { search: 'a' }) },
  { name: 'one letter of no user', path: toPath(users, { search: 'q' }) },
]

function toPath(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query).toString()}`
}

/** Returns the number of rows of each step: tenfold steps up to the maximum, which is the last step. */
export function chooseSteps(maximum: number, first = 10_000): number[] {
  const steps = []
  for (let step = first; step < maximum; step *= 10) steps.push(step)
  return [...steps, maximum]
}
