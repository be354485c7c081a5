import { useState } from 'preact/hooks'
import { Link } from '../router.tsx'
import { client, leaveAfter, user } from '../session.ts'
import { pathOf } from '../settings.ts'
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
  const [hasFailed, setFailed] = useState(false)
  const signOut = async () => {
    setFailed(!(await leaveAfter(() => client.signOut(), `${pathOf('sign-in')}#signed-out`)))
  }
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
      <button type="button" class="link" onClick={() => void signOut()}>
        {t.signOut}
      </button>
      {hasFailed && <p role="alert">{t.stillSignedIn}</p>}
    </nav>
  )
}
