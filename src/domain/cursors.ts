import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Problem } from '../problems.ts'

export type Cursor = { value: string; id: string; backward: boolean }
type Keys = { authentication: Buffer; encryption: Buffer }

const tagBytes = 16

/**
 * Cursors are opaque: encrypted, because the address that a list is ordered by must not reach the logs of proxies, and
 * authenticated (security 72, 113). `list` names the list and its ordering, so that a cursor fits nowhere else.
 *
 * The construction is SIV: the authentication tag of the text is the initial counter of its encryption. It needs no random
 * number, and the same position has the same cursor.
 */
export class Cursors {
  readonly #keys: Keys
  readonly #previousKeys: readonly Keys[]

  /** @param previousKeys those of a SECRET_KEY that was replaced: clients that walk a list at that moment go on */
  constructor(key: KeyObject, previousKeys: readonly KeyObject[] = []) {
    this.#keys = deriveKeys(key)
    this.#previousKeys = previousKeys.map(deriveKeys)
  }

  write(list: string, { value, id, backward }: Cursor): string {
    const text = Buffer.from(`${value} ${id} ${backward ? 'b' : 'f'}`)
    const tag = tagOf(this.#keys, list, text)
    const cipher = createCipheriv('aes-256-ctr', this.#keys.encryption, tag)
    return Buffer.concat([tag, cipher.update(text), cipher.final()]).toString('base64url')
  }

  /** @throws Problem invalid for a cursor that is not one of ours, or of another list */
  read(list: string, cursor: string): Cursor {
    const bytes = Buffer.from(cursor, 'base64url')
    const isCanonical = bytes.length >= tagBytes && bytes.toString('base64url') === cursor
    for (const keys of isCanonical ? [this.#keys, ...this.#previousKeys] : []) {
      const text = open(keys, list, bytes)
      if (text === undefined) continue
      const [value = '', id = '', direction] = text.split(' ')
      return { value, id, backward: direction === 'b' }
    }
    const detail = 'Take the cursor from next or previous, with the same ordering.'
    throw new Problem('invalid', { errors: [{ parameter: 'cursor', code: 'cursor_invalid', detail }] })
  }
}

/** @returns undefined when it was not made with these keys for this list */
function open(keys: Keys, list: string, bytes: Buffer): string | undefined {
  const [tag, encrypted] = [bytes.subarray(0, tagBytes), bytes.subarray(tagBytes)]
  const decipher = createDecipheriv('aes-256-ctr', keys.encryption, tag)
  const text = Buffer.concat([decipher.update(encrypted), decipher.final()])
  return timingSafeEqual(tag, tagOf(keys, list, text)) ? text.toString() : undefined
}

function tagOf({ authentication }: Keys, list: string, text: Buffer): Buffer {
  return createHmac('sha256', authentication).update(`${list}\n`).update(text).digest().subarray(0, tagBytes)
}

function deriveKeys(key: KeyObject): Keys {
  const derive = (use: string) => createHmac('sha256', key).update(`cursors ${use}`).digest()
  return { authentication: derive('authentication'), encryption: derive('encryption') }
}
