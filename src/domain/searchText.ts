/**
 * Folds a string for search. Both the searched text and the search term are folded. PostgreSQL's lower() would fold
 * only the letters that the database's locale knows.
 */
export function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  // Both forms of sigma become one, because a sigma at the end of a search term may be inside a word of the searched
  // text. The second dot is removed, because lower case turns İ into an i with a second dot.
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i')
}

/**
 * Makes the text by which a search finds a user. Every change of the email address or a name must store this text
 * again.
 */
export function searchText(user: { email: string; first_name: string; last_name: string }): string {
  return foldText(`${user.email} ${user.first_name} ${user.last_name}`).slice(0, 700)
}
