/**
 * One fact that the contract documents, or that a request and its reply have shown. A fact has one of these forms:
 * - reply OPERATION STATUS TYPE
 * - code OPERATION STATUS CODE
 * - example OPERATION NAME
 * - parameter OPERATION NAME
 * - argument OPERATION POSITION=VALUE: an enum value that a client sent
 * - value ENUM VALUE: an enum value that the service returned
 * - member OPERATION STATUS/POSITION present, or absent: an optional member that a reply had, or left out. The
 *   members of problem documents count for all operations together, because the same code makes every problem
 *   document
 * - constraint OPERATION LOCATION KEYWORD inside, or outside: the last value that the constraint allows, or the
 *   first one that it does not allow, which was refused
 */
export type Fact = string

/** Replaces the operation in a fact about a reply that any request can get. */
export const anyOperation = 'any-request'
