import { useLoad, Loading } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link, place } from '../router.tsx'
import { client } from '../session.ts'
import { UserBadges } from './badges.tsx'
import { Time } from './list.tsx'
import { rememberAddress } from './people.tsx'
import { consoleTexts } from './texts.ts'
import { UserHistory } from './user/history.tsx'
import { UserLockouts } from './user/lockouts.tsx'
import { Profile } from './user/profile.tsx'
import { Removal } from './user/removal.tsx'
import { UserSessions } from './user/sessions.tsx'

/** The page of one user. */
export function UserPage() {
  const t = consoleTexts.value.user
  const id = /\/users\/([^/]+)\/$/.exec(place.value.path)?.[1] ?? ''
  const state = useLoad(id, async () => {
    const user = await client.getUser(id)
    rememberAddress(id, user.email)
    return user
  })
  return (
    <Page title={state.data?.email ?? t.title} isNew>
      <p class="back">
        <Link page="users">{t.back}</Link>
      </p>
      <Loading state={state}>
        {(user) => (
          <div class="columns">
            <div>
              <div class="summary">
                <UserBadges user={user} />
                <dl class="facts">
                  <dt>{t.joined}</dt>
                  <dd>
                    <Time at={user.date_joined} />
                  </dd>
                  <dt>{t.lastLogin}</dt>
                  <dd>{user.last_login ? <Time at={user.last_login} /> : t.never}</dd>
                  <dt>{t.id}</dt>
                  <dd>
                    <code>{user.id}</code>
                  </dd>
                </dl>
              </div>
              <Profile user={user} reload={state.reload} />
            </div>
            <div>
              <UserSessions id={id} isActive={user.is_active} />
              <UserLockouts id={id} />
              <UserHistory user={user} />
            </div>
            <Removal user={user} />
          </div>
        )}
      </Loading>
    </Page>
  )
}
