import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Problem } from '../problems.ts'

export type Cursor = { value: string; id: string; backward: boolean }
type Keys = { authentication: Buffer; encryption: Buffer }

const tagBytes = 16

/**
 * Writes and reads cursors. A cursor is opaque to clients (security 72, 113). A cursor is encrypted, because proxies
 * log URLs, and a cursor of a list that is ordered by email address contains an email address. A cursor is
 * authenticated together with `list`, the name of the list and its order, so that no other list accepts this cursor.
 *
 * The construction is SIV (synthetic IV): the authentication tag of the text is the initial counter of its
 * encryption. SIV needs no random number, and the same position always has the same cursor.
 */
export class Cursors {
  readonly #keys: Keys
  readonly #previousKeys: readonly Keys[]

  /**
   * @param previousKeys the keys that were derived from former SECRET_KEYs. With them, a client that reads a list
   * while SECRET_KEY changes can continue
   */
  constructor(key: KeyObject, previousKeys: readonly KeyObject[] = []) {
    this.#keys = deriveKeys(key)
    this.#previousKeys = previousKeys.map(deriveKeys)
  }

  write(list: string, { value, id, backward }: Cursor): string {
    const text = Buffer.from(`${value} ${id} ${backward ? 'b' : 'f'}`)
    const tag = authenticate(this.#keys, list, text)
    const cipher = createCipheriv('aes-256-ctr', this.#keys.encryption, tag)
    return Buffer.concat([tag, cipher.update(text), cipher.final()]).toString('base64url')
  }

  /**
   * Decrypts a cursor of a list.
   * @throws Problem invalid for a cursor of another list, and for a cursor that was not made with these keys
   */
  read(list: string, cursor: string): Cursor {
    const bytes = Buffer.from(cursor, 'base64url')
    const isCanonical = bytes.length >= tagBytes && bytes.toString('base64url') === cursor
    for (const keys of isCanonical ? [this.#keys, ...this.#previousKeys] : []) {
      const text = decrypt(keys, list, bytes)
      if (text === undefined) continue
      const [value = '', id = '', direction] = text.split(' ')
      return { value, id, backward: direction === 'b' }
    }
    const detail = 'Take the cursor from next_cursor or previous_cursor, with the same ordering.'
    throw new Problem('invalid', { errors: [{ parameter: 'cursor', code: 'cursor_invalid', detail }] })
  }
}

/**
 * Decrypts a cursor with one pair of keys.
 * @returns undefined if the cursor was not made with these keys for this list
 */
function decrypt(keys: Keys, list: string, bytes: Buffer): string | undefined {
  const [tag, encrypted] = [bytes.subarray(0, tagBytes), bytes.subarray(tagBytes)]
  const decipher = createDecipheriv('aes-256-ctr', keys.encryption, tag)
  const text = Buffer.concat([decipher.update(encrypted), decipher.final()])
  return timingSafeEqual(tag, authenticate(keys, list, text)) ? text.toString() : undefined
}

function authenticate({ authentication }: Keys, list: string, text: Buffer): Buffer {
  return createHmac('sha256', authentication).update(`${list}\n`).update(text).digest().subarray(0, tagBytes)
}

function deriveKeys(key: KeyObject): Keys {
  const derive = (use: string) => createHmac('sha256', key).update(`cursors ${use}`).digest()
  return { authentication: derive('authentication'), encryption: derive('encryption') }
}
