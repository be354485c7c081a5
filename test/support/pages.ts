import assert from 'node:assert/strict'
import { decodeHtml } from './html.ts'
import type { Answer, TestService } from './service.ts'

export const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const pagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Returns the HTML of a page, after checks that every page must pass. */
export function pageOf({ headers, body }: Answer): string {
  const html = String(body['text'])
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal(headers.get('content-security-policy'), pagePolicy)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
  // The form for a new link needs the origin of its page.
  const isForm = html.includes('<input id="email"')
  assert.equal(headers.get('referrer-policy'), isForm ? 'strict-origin' : 'no-referrer')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.match(String(headers.get('vary')), /^(Accept, )?Accept-Language$/)
  assert.equal(headers.get('set-cookie'), null)
  assert.doesNotMatch(html.replace(/"[^"]*"/g, '""'), /<script|\son\w+=|style=|javascript:|\{\{|undefined/i)
  assert.match(html, /<form method="post" novalidate>|<div class="actions"><a class="button[ "]/, 'a dead end')
  return html
}

const inside = (pattern: RegExp) => (html: string) => decodeHtml(pattern.exec(html)?.[1] ?? '')

export const titleOf = inside(/<title>([^<]*)<\/title>/)
export const headingOf = inside(/<h1>([^<]*)<\/h1>/)
export const textOf = inside(/<\/h1>\s*<p>([^<]*)<\/p>/)
export const alertOf = inside(/<p role="alert">([^<]*)<\/p>/)
/** Returns the value that a browser would send for the hidden field with the code. */
export const hiddenCode = inside(/<input type="hidden" name="code" value="([^"]*)">/)

/** Returns the error of a field, if the field refers to it. */
export function fieldErrorOf(html: string, name: string): string {
  const [input = ''] = new RegExp(`<input id="${name}"[^>]*>`).exec(html) ?? []
  const [, text = ''] = new RegExp(`<p class="error" id="${name}-error">([^<]*)</p>`).exec(html) ?? []
  const isMarked = new RegExp(`aria-describedby="[^"]*\\b${name}-error" aria-invalid="true"`).test(input)
  assert.equal(isMarked, text !== '', `${name}: ${input}`)
  return decodeHtml(text)
}

/** Sends a form, as a browser does. */
export function sendForm(
  service: TestService,
  path: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = { 'Accept-Language': 'en' },
): Promise<Answer> {
  return service.fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
}
