import { findCodeState } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { parseCode, type CodePurpose } from './codes.ts'

/**
 * The state of a mailed code. `done`: the action that the code authorizes has already taken place. `superseded`:
 * another registration of the email address was activated. `unknown`: the code is wrong, or a later request has
 * replaced it.
 */
export type CodeState = {
  state: 'live' | 'done' | 'superseded' | 'used' | 'expired' | 'suspended' | 'unknown'
  /** The language of the account. */
  language?: string | null
  /** The email address that the code is about. */
  email?: string | null
}

export type ReadCodeState = (purpose: CodePurpose, code: string) => Promise<CodeState>

/**
 * Reads the state of a mailed code without using it. The function reveals the account only to the holder of the
 * code: a wrong code with the id of a user is unknown, as any other wrong code.
 */
export async function readCodeState(db: Queryable, purpose: CodePurpose, code: string): Promise<CodeState> {
  try {
    const found = await db.maybeOne(findCodeState({ ...parseCode(code), purpose }))
    return (found as CodeState | null) ?? { state: 'unknown' }
  } catch (error) {
    if (error instanceof Problem && error.code === 'code_invalid') return { state: 'unknown' }
    throw error
  }
}
