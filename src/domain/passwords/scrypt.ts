import * as scryptKdf from 'scrypt-kdf'

/** scrypt-kdf as it is: its types describe named exports, but the module has a default one. */
export const Scrypt = (scryptKdf as unknown as { default: typeof scryptKdf }).default
