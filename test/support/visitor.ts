import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
/** The folder of the screenshots, for people who want to look at the pages. */
const screenshots = process.env['SCREENSHOTS']

const looks = [
  { width: 320, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const

const listener = `violations = []
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))`

type VisitorOptions = { language: string; javaScript: boolean; bypassCSP?: boolean }

/** A person with a browser, who looks at each page on a phone and on a desktop, in light and in dark. */
export class Visitor {
  readonly page: Page
  readonly #options: VisitorOptions
  readonly #messages: string[] = []

  private constructor(page: Page, options: VisitorOptions) {
    this.page = page
    this.#options = options
    page.on('console', (message) => this.#messages.push(message.text()))
    page.on('pageerror', (error) => this.#messages.push(error.message))
    page.on('requestfailed', (request) => this.#messages.push(`failed: ${request.url()}`))
  }

  static async open(browser: Browser, options: VisitorOptions): Promise<Visitor> {
    const { language: locale, javaScript: javaScriptEnabled, bypassCSP = false } = options
    const context = await browser.newContext({ javaScriptEnabled, locale, bypassCSP, reducedMotion: 'reduce' })
    await context.addInitScript({ content: listener })
    context.setDefaultTimeout(10_000)
    return new Visitor(await context.newPage(), options)
  }

  close(): Promise<void> {
    return this.page.context().close()
  }

  /**
   * Checks that the page fits each look, and that the browser refuses nothing. axe-core inspects the
   * page in a browser with JavaScript.
   * @param name the name of the screenshots
   */
  async inspect(name: string): Promise<void> {
    const { language, javaScript } = this.#options
    for (const { width, colorScheme } of looks) {
      await this.page.setViewportSize({ width, height: 800 })
      await this.page.emulateMedia({ colorScheme })
      const overflow = await this.page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.equal(overflow, 0, `${name} is too wide for ${width} px`)
      const path = screenshots && join(screenshots, `${name}-${language}-${width}-${colorScheme}.png`)
      if (path) await this.page.screenshot({ path, fullPage: true })
      if (javaScript) assert.deepEqual(await this.#runAxe(), [], `${name}, ${width} px, ${colorScheme}`)
    }
    if (javaScript) assert.deepEqual(await this.page.evaluate('violations'), [], name)
    // Chromium logs the status of a page with an error, and that a page without TLS is not isolated.
    const expected = /responded with a status of 4\d\d|Opener-Policy header has been ignored.*untrustworthy/
    const refused = this.#messages.filter((message) => !expected.test(message))
    assert.deepEqual(refused, [], name)
  }

  async #runAxe(): Promise<string[]> {
    await this.page.evaluate(axeSource)
    const { violations } = await this.page.evaluate<axe.AxeResults>('axe.run()')
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }
}
