import { fill } from '../../language.ts'
import { Loading, useLoad } from '../../load.tsx'
import { nameDevice } from '../../logs/device.ts'
import { client } from '../../session.ts'
import { IpAddress, Table, Time } from '../list.tsx'
import { perform } from '../notice.tsx'
import { consoleTexts } from '../texts.ts'

/** The sessions of a user. A suspended user has none. */
export function UserSessions({ id, isActive }: { id: string; isActive: boolean }) {
  const t = consoleTexts.value.sessions
  const state = useLoad(`${id} ${isActive}`, () => client.listUserSessions(id, { page_size: 100 }))
  const end = async (work: () => Promise<unknown>, done: string) => {
    await perform(work, done)
    state.reload()
  }
  return (
    <section>
      <h2>{t.title}</h2>
      <Loading state={state}>
        {({ results, count }) =>
          results.length === 0 ? (
            <p class="hint">{t.none}</p>
          ) : (
            <>
              <Table
                caption={t.title}
                rows={results}
                keyOf={(session) => session.id}
                columns={[
                  { label: t.device, kind: 'main', show: ({ last_user_agent }) => nameDevice(last_user_agent) },
                  { label: t.lastUsed, show: ({ last_used_at }) => <Time at={last_used_at} /> },
                  { label: t.address, show: ({ last_ip_address }) => <IpAddress address={last_ip_address} /> },
                  {
                    label: t.end,
                    kind: 'end',
                    show: (session) => (
                      <button
                        type="button"
                        class="link"
                        onClick={() => void end(() => client.revokeUserSession(id, session.id), t.ended)}
                      >
                        {t.end}
                      </button>
                    ),
                  },
                ]}
              />
              <button
                type="button"
                class="secondary"
                onClick={() => void end(() => client.revokeUserSessions(id), t.endedAll)}
              >
                {fill(t.endAll, { count: String(count) })}
              </button>
            </>
          )
        }
      </Loading>
    </section>
  )
}
