import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'

const random = (bytes: number, encoding: 'base64' | 'hex' = 'base64') => randomBytes(bytes).toString(encoding)
const unpadded = (bytes: number) => random(bytes).replace(/=+$/, '')
const bcrypt = () => `$2b$12$${random(27, 'hex').slice(0, 53)}`

/** Makes hashes as Django 5.2 makes them by default, which no password matches. */
const hashes: Record<string, () => string> = {
  pbkdf2_sha256: () => `pbkdf2_sha256$1000000$${random(11, 'hex')}$${random(32)}`,
  pbkdf2_sha1: () => `pbkdf2_sha1$1000000$${random(11, 'hex')}$${random(20)}`,
  argon2: () => `argon2$argon2id$v=19$m=102400,t=2,p=8$${unpadded(16)}$${unpadded(32)}`,
  bcrypt_sha256: () => `bcrypt_sha256$${bcrypt()}`,
  bcrypt: () => `bcrypt$${bcrypt()}`,
  scrypt: () => `scrypt$16384$${random(11, 'hex')}$8$5$${random(64)}`,
}

export const importedHashers = Object.keys(hashes)

export function importedEmail(hasher: string): string {
  return `${hasher}@example.com`
}

/** Writes the JSON of dumpdata with one user for each hasher of Django. */
export async function writeDump(file: string): Promise<void> {
  const users = Object.entries(hashes).map(([hasher, makeHash], at) => ({
    model: 'accounts.user',
    pk: at + 1,
    fields: { email: importedEmail(hasher), password: makeHash(), last_login: null },
  }))
  await writeFile(file, JSON.stringify(users))
}
