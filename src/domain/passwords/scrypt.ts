import * as scryptKdf from 'scrypt-kdf'

/**
 * The module scrypt-kdf with a correct type. Its own types describe named exports, but the module has a default
 * export.
 */
export const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default
