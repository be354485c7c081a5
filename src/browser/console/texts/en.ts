import { limits } from './limits.en.ts'
import { records } from './records.en.ts'
import { user } from './user.en.ts'
import { users } from './users.en.ts'

/** The texts of the console, in English. */
export const en = { ...records, ...limits, ...user, ...users }
