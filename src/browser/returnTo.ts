/**
 * Finds where a user goes after a sign-in. Only http and https URLs of the allowed origins are accepted, so that a link
 * to the sign-in page cannot send a user to another site.
 * @param search the query of the sign-in page, such as ?return_to=https://app.example.com/cart
 * @param page the URL of the sign-in page, whose origin is allowed as well
 */
export function findReturnUrl(search: string, page: string, origins: readonly string[]): string | undefined {
  const value = new URLSearchParams(search).get('return_to')
  const url = value ? parse(value, page) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  return url.origin === new URL(page).origin || origins.includes(url.origin) ? url.href : undefined
}

/** Parses a URL. Browsers of 2023 have no URL.parse. */
function parse(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base)
  } catch {
    return undefined
  }
}
