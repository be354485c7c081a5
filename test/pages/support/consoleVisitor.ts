import type { Browser, Page } from 'playwright-core'
import { password, type TestService } from '../../support/service.ts'
import { addOwner, type Person } from '../../support/users.ts'
import { Visitor } from '../../support/visitor.ts'

export type Language = 'en' | 'ru'

export async function addSuperuser(service: TestService, language: Language = 'en'): Promise<Person> {
  const superuser = await addOwner(service, { superuser: true })
  await service.sql('update users set language = $2 where id = $1', [superuser.id, language])
  return superuser
}

/** A person who uses the console. */
export class ConsoleVisitor {
  readonly page: Page
  readonly visitor: Visitor
  readonly #url: string

  private constructor(visitor: Visitor, url: string) {
    this.visitor = visitor
    this.page = visitor.page
    this.#url = url
  }

  /** Opens a page of the console without a session, signs in, and returns to the page. */
  static async enter(
    browser: Browser,
    service: TestService,
    person: Person,
    { page = '', language = 'en' }: { page?: string; language?: Language } = {},
  ): Promise<ConsoleVisitor> {
    const visitor = await Visitor.open(browser, { language, javaScript: true })
    const entered = new ConsoleVisitor(visitor, `${service.url}/console/`)
    await entered.page.goto(`${service.url}/console/${page}`)
    await entered.page.fill('[name=email]', person.email)
    await entered.page.fill('[name=password]', password)
    await entered.page.locator('form button').click()
    await entered.page.waitForURL(`${service.url}/console/${page}`)
    await entered.settle()
    return entered
  }

  async open(page: string): Promise<void> {
    await this.page.goto(`${this.#url}${page}`)
    await this.settle()
  }

  heading(text: string): Promise<void> {
    return this.page.locator('h1', { hasText: text }).waitFor()
  }

  /** Waits until everything on the page is loaded. */
  async settle(): Promise<void> {
    await this.page.locator('h1').waitFor()
    for (const busy of ['.hint:has-text("…")', '[aria-busy=true]', 'td a:has-text("…")'])
      await this.page.locator(busy).first().waitFor({ state: 'detached' })
    await this.page.waitForLoadState('networkidle')
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true })
  }

  row(text: string) {
    return this.page.locator('tbody tr', { hasText: text })
  }

  notice(text: string | RegExp): Promise<void> {
    return this.page.locator('[role=status]', { hasText: text }).waitFor()
  }

  /** Waits until a number of rows is visible. */
  async rows(count: number): Promise<void> {
    const rows = this.page.locator('tbody tr').filter({ visible: true })
    if (count > 0) await rows.nth(count - 1).waitFor()
    await rows.nth(count).waitFor({ state: 'detached' })
  }
}
