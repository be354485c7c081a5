/** What users are searched in, and what is searched for, in one fold: PostgreSQL's lower() knows only what its locale does. */
export function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  // A final sigma is final in a fragment only, and İ becomes an i with a second dot.
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i')
}

/** The searchable text of a user: to be written with every change of address or name. */
export function searchText(user: { email: string; firstName: string; lastName: string }): string {
  return foldText(`${user.email} ${user.firstName} ${user.lastName}`).slice(0, 700)
}
