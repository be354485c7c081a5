/**
 * The path of the base URL, such as `/accounts`; empty where it has none. A proxy removes it from requests, so that routes are without
 * it; whatever leads a browser back to the service has it.
 */
export function basePathOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}
