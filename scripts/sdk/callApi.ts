import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenSamples } from './tokens.ts'

/**
 * Tests how a product's API answers to tokens. The function waits at most 5 minutes for the API to listen. Then it
 * sends one request with each token, and requests whose Authorization header is missing or does not contain exactly
 * one bearer token.
 * @param ended settles when the product has ended; the function then stops waiting
 * @returns a line for each wrong answer. The right answers are 200 with the user's id for the genuine token, and 401
 * for any other token. For a header without a token, 400 is right too (RFC 6750 section 3.1).
 */
export async function findWrongAnswers(
  url: string,
  makeSamples: () => TokenSamples,
  ended: Promise<unknown>,
): Promise<string[]> {
  if (!(await waitFor(url, ended))) return ['it did not listen']
  const { userId, genuine, forged } = makeSamples()
  const requests = [
    { name: 'genuine', header: `Bearer ${genuine}`, expected: [`200 ${userId}`] },
    ...Object.entries(forged).map(([name, token]) => ({ name, header: `Bearer ${token}`, expected: ['401'] })),
    { name: 'no-header', header: undefined, expected: ['401'] },
    ...Object.entries({
      'no-token': 'Bearer',
      'no-scheme': genuine,
      'basic-scheme': `Basic ${genuine}`,
      'two-tokens': `Bearer ${genuine} ${genuine}`,
      'two-values': `Bearer ${genuine}, Bearer ${genuine}`,
    }).map(([name, header]) => ({ name, header, expected: ['401', '400'] })),
  ]
  const wrong: string[] = []
  for (const { name, header, expected } of requests) {
    const reply = await fetch(url, { headers: header === undefined ? {} : { Authorization: header } })
    const text = await reply.text()
    const answer = reply.status === 200 ? `200 ${(JSON.parse(text) as { user: string }).user}` : String(reply.status)
    if (!expected.includes(answer)) wrong.push(`${name}: ${answer}, not ${expected.join(' or ')}`)
  }
  return wrong
}

async function waitFor(url: string, ended: Promise<unknown>): Promise<boolean> {
  const giveUp = AbortSignal.timeout(300_000)
  const finished = ended.then(
    () => true,
    () => true,
  )
  while (!giveUp.aborted) {
    if (await fetch(url).catch(() => undefined)) return true
    if (await Promise.race([finished, sleep(100, false)])) return false
  }
  return false
}
