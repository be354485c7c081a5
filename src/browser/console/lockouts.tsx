import type { Lockout } from '../../../generated/sdk/index.ts'
import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link } from '../router.tsx'
import { client } from '../session.ts'
import { Table, Time } from './list.tsx'
import { perform } from './notice.tsx'
import { Person } from './people.tsx'
import { consoleTexts } from './texts.ts'

type LockedUser = { id: string; lockouts: Lockout[] }

/** How many lockouts of the past are searched for users who are still locked out. */
const searched = 50

/** Finds the users who cannot sign in at the moment. The API lists the lockouts of one user at a time. */
async function findLockedUsers(): Promise<LockedUser[]> {
  const { results } = await client.listSecurityEvents({ type: 'account_locked', page_size: searched })
  const found: LockedUser[] = []
  for (const id of new Set(results.map(({ user }) => user))) {
    if (id === undefined) continue
    const { lockouts } = await client.listLockouts(id).catch(() => ({ lockouts: [] as Lockout[] }))
    if (lockouts.length > 0) found.push({ id, lockouts })
  }
  return found
}

export function Lockouts() {
  const t = consoleTexts.value.lockouts
  const state = useLoad('lockouts', findLockedUsers)
  const lift = async (id: string) => {
    await perform(() => client.liftLockouts(id), t.lifted)
    state.reload()
  }
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <Loading state={state}>
        {(users) =>
          users.length === 0 ? (
            <p class="hint">{t.none}</p>
          ) : (
            <Table
              caption={t.title}
              rows={users}
              keyOf={({ id }) => id}
              columns={[
                { label: t.user, kind: 'main', show: ({ id }) => <Person id={id} /> },
                {
                  label: t.network,
                  show: ({ lockouts }) => (
                    <ul class="plain">
                      {lockouts.map(({ network }) => (
                        <li key={network ?? ''}>{network ?? t.unknownNetworks}</li>
                      ))}
                    </ul>
                  ),
                },
                {
                  label: t.ends,
                  show: ({ lockouts }) => (
                    <ul class="plain">
                      {lockouts.map(({ network, expires_at }) => (
                        <li key={network ?? ''}>
                          <Time at={expires_at} />
                        </li>
                      ))}
                    </ul>
                  ),
                },
                {
                  label: t.lift,
                  kind: 'end',
                  show: ({ id }) => (
                    <button type="button" class="link" onClick={() => void lift(id)}>
                      {t.lift}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Loading>
      <p class="more">
        <Link page="events" search="?type=account_locked">
          {t.past}
        </Link>
      </p>
    </Page>
  )
}
