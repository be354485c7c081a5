import { limits } from './limits.ru.ts'
import { records } from './records.ru.ts'
import { user } from './user.ru.ts'
import { users } from './users.ru.ts'

/** The texts of the console, in Russian. */
export const ru = { ...records, ...limits, ...user, ...users }
