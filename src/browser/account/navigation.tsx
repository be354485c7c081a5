import { Link } from '../router.tsx'
import { user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { SignOut } from '../signOut.tsx'
import { accountTexts } from './texts.ts'

const pages = [
  ['', 'profile'],
  ['password', 'password'],
  ['email', 'email'],
  ['sessions', 'sessions'],
  ['history', 'history'],
  ['events', 'events'],
  ['data', 'data'],
] as const

/** The links to all pages of the account. */
export function Navigation() {
  const t = accountTexts.value.nav
  return (
    <nav aria-label={t.label}>
      <ul>
        {pages.map(([page, name]) => (
          <li key={page}>
            <Link page={page}>{t[name]}</Link>
          </li>
        ))}
        {user.value?.is_superuser && (
          <li>
            <a href={pathOf('', 'console')}>{t.console}</a>
          </li>
        )}
      </ul>
      <SignOut label={t.signOut} kind="link" hash="#signed-out" failure={t.stillSignedIn} />
    </nav>
  )
}
