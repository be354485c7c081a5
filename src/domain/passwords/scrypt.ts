import * as scryptKdf from 'scrypt-kdf'

/**
 * The module scrypt-kdf with a correct type. The types of the package describe named exports, but the module has a
 * default export.
 */
export const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default
