import type { AdminUser } from '../../../generated/sdk/index.ts'
import { user as me } from '../session.ts'
import { consoleTexts } from './texts.ts'

/** The state of a user. An active user with no other marks has a single badge. */
export function UserBadges({ user }: { user: AdminUser }) {
  const t = consoleTexts.value.badges
  const { id, is_active, is_superuser, email_confirmed, email_suppressed } = user
  return (
    <span class="badges">
      {is_active ? <span class="badge">{t.active}</span> : <span class="badge danger">{t.suspended}</span>}
      {is_superuser && <span class="badge accent">{t.superuser}</span>}
      {!email_confirmed && <span class="badge plain">{t.unconfirmed}</span>}
      {email_suppressed && <span class="badge danger">{t.suppressed}</span>}
      {id === me.value?.id && <span class="badge plain">{t.you}</span>}
    </span>
  )
}
