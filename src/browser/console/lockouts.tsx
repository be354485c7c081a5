import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link } from '../router.tsx'
import { client } from '../session.ts'
import { Table, Time } from './list.tsx'
import { perform } from './notice.tsx'
import { consoleTexts } from './texts.ts'

export function Lockouts() {
  const t = consoleTexts.value.lockouts
  const state = useLoad('lockouts', () => client.listLockedUsers())
  const lift = async (id: string) => {
    await perform(() => client.liftLockouts(id), t.lifted)
    state.reload()
  }
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <Loading state={state}>
        {({ users, users_capped }) =>
          users.length === 0 ? (
            <p class="hint">{users_capped ? t.noneFound : t.none}</p>
          ) : (
            <>
              {users_capped && <p class="hint">{t.capped}</p>}
              <Table
                caption={t.title}
                rows={users}
                keyOf={({ id }) => id}
                columns={[
                  { label: t.user, kind: 'main', show: ({ id, email }) => <Link page={`users/${id}`}>{email}</Link> },
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
            </>
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
