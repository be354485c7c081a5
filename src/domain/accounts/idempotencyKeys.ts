import { createHmac, type KeyObject } from 'node:crypto'
import { claimIdempotencyKey, findIdempotencyKey } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'

/**
 * Identifies a request, to recognize a repetition: keyed hashes of its Idempotency-Key, and of the key with the body.
 */
export type RequestIdentity = { keyHash: Buffer; requestHash: Buffer }

/**
 * Computes the identity of a request. The body may contain a password. An attacker who has the database but not the
 * secret cannot guess the password from the hash. If the key is random, an attacker who also has the secret cannot
 * guess it either, because the key is not stored. After a change of SECRET_KEY, a repeated request is not recognized;
 * it fails with `email_taken`.
 * @param key the value of Idempotency-Key, with or without the quotation marks of a structured field
 */
export function identifyRequest(secret: KeyObject, key: string, body: object): RequestIdentity {
  const name = key.replaceAll('"', '')
  const members = Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1))
  const hash = (parts: unknown[]) => createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
  return { keyHash: hash([name]), requestHash: hash([name, members]) }
}

/**
 * Records that a request creates a user, in the transaction of the creation. `claimIdempotencyKey` in
 * sql/queries/idempotencyKeys.sql decides whether the request is a repetition.
 * @returns undefined for the first request with a key; for a repetition, the user that the first request has created
 * @throws Problem idempotency_key_reused if the first request had another body
 */
export async function claimKey(
  transaction: Queryable,
  { keyHash, requestHash }: RequestIdentity,
  { actorId, userId }: { actorId: string; userId: string },
): Promise<{ user_id: string; created_at: string } | undefined> {
  if (await transaction.maybeOne(claimIdempotencyKey({ actorId, keyHash, requestHash, userId }))) return undefined
  const first = await transaction.one(findIdempotencyKey({ actorId, keyHash }))
  if (!requestHash.equals(first.request_hash)) throw new Problem('idempotency_key_reused')
  return first
}
