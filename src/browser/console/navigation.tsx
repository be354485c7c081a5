import { Link, place } from '../router.tsx'
import { user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { SignOut } from '../signOut.tsx'
import { consoleTexts } from './texts.ts'

const pages = [
  ['', 'overview'],
  ['users', 'users'],
  ['sign-ins', 'signIns'],
  ['events', 'events'],
  ['mails', 'mails'],
  ['lockouts', 'lockouts'],
  ['limits', 'limits'],
  ['keys', 'keys'],
] as const

/** The links to all pages of the console. */
export function Navigation() {
  const t = consoleTexts.value.nav
  const { path } = place.value
  const isCurrent = (page: string) =>
    page === '' ? path === pathOf('', 'console') : path.startsWith(pathOf(page, 'console'))
  return (
    <nav aria-label={t.label}>
      <ul>
        {pages.map(([page, name]) => (
          <li key={page}>
            <Link page={page} isCurrent={isCurrent(page)}>
              {t[name]}
            </Link>
          </li>
        ))}
      </ul>
      <div class="me">
        <p class="hint">{user.value?.email}</p>
        <a href={pathOf('')}>{t.account}</a>
        <SignOut label={t.signOut} kind="link" hash="#signed-out" failure={t.stillSignedIn} />
      </div>
    </nav>
  )
}
