import { etagOf, type AdminUser } from '../../../../generated/sdk/index.ts'
import { Loading, useLoad } from '../../load.tsx'
import { nameDevice } from '../../logs/device.ts'
import { logTexts } from '../../logs/texts.ts'
import { Link } from '../../router.tsx'
import { client } from '../../session.ts'
import { IpAddress, Table, Time } from '../list.tsx'
import { consoleTexts } from '../texts.ts'

/** The number of records that are shown of each log, the latest first. */
const page_size = 5

/** The latest sign-ins, security events and mails of a user, with links to all of them. */
export function UserHistory({ user }: { user: AdminUser }) {
  const { id, email } = user
  const t = consoleTexts.value.history
  const l = logTexts.value
  const mails = consoleTexts.value.mails
  const signIns = useLoad(id, () => client.listLoginLogs({ user: id, page_size }))
  // A change of the user is an event.
  const events = useLoad(`${id} ${etagOf(user)}`, () => client.listSecurityEvents({ user: id, page_size }))
  const sent = useLoad(email, () => client.listMails({ email, page_size }))
  const all = (page: string, name: string) => (
    <p class="more">
      <Link page={page} search={`?${new URLSearchParams({ [name]: email })}`}>
        {t.all}
      </Link>
    </p>
  )
  return (
    <>
      <section>
        <h2>{t.signIns}</h2>
        <Loading state={signIns}>
          {({ results }) =>
            results.length === 0 ? (
              <p class="hint">{t.noSignIns}</p>
            ) : (
              <Table
                caption={t.signIns}
                rows={results}
                keyOf={(record) => record.id}
                columns={[
                  { label: l.when, show: ({ timestamp }) => <Time at={timestamp} /> },
                  { label: l.what, show: ({ user_agent }) => nameDevice(user_agent) },
                  { label: l.address, show: ({ ip_address }) => <IpAddress address={ip_address} /> },
                ]}
              />
            )
          }
        </Loading>
        {all('sign-ins', 'user')}
      </section>
      <section>
        <h2>{t.events}</h2>
        <Loading state={events}>
          {({ results }) =>
            results.length === 0 ? (
              <p class="hint">{t.noEvents}</p>
            ) : (
              <Table
                caption={t.events}
                rows={results}
                keyOf={(record) => record.id}
                columns={[
                  { label: l.when, show: ({ timestamp }) => <Time at={timestamp} /> },
                  { label: t.event, show: ({ type }) => l.types[type] ?? type },
                ]}
              />
            )
          }
        </Loading>
        {all('events', 'user')}
      </section>
      <section>
        <h2>{t.mails}</h2>
        <Loading state={sent}>
          {({ results }) =>
            results.length === 0 ? (
              <p class="hint">{t.noMails}</p>
            ) : (
              <Table
                caption={t.mails}
                rows={results}
                keyOf={(mail) => mail.id}
                columns={[
                  { label: l.when, show: ({ created_at }) => <Time at={created_at} /> },
                  { label: mails.kind, show: ({ kind }) => mails.kinds[kind] ?? kind },
                  { label: mails.status, show: ({ status }) => mails.statuses[status] ?? status },
                ]}
              />
            )
          }
        </Loading>
        {all('mails', 'email')}
      </section>
    </>
  )
}
