/**
 * Returns the path of the base URL, such as `/accounts`, or an empty string. A proxy removes this path from requests,
 * so routes do not contain it. Links and redirects for browsers contain the path.
 */
export function basePathOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}
