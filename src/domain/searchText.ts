/**
 * Folds a text for search: both the searched text and the search term. PostgreSQL's lower() would fold only the
 * letters that the database's locale knows.
 */
export function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  // The last sigma of a fragment need not be the last of the word, and lower case turns İ into an i with a second
  // dot.
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i')
}

/** Makes the text by which a user is found. Every change of the address or a name must store it again. */
export function searchText(user: { email: string; firstName: string; lastName: string }): string {
  return foldText(`${user.email} ${user.firstName} ${user.lastName}`).slice(0, 700)
}
