import { logTexts } from '../logs/texts.ts'
import { Page } from '../page.tsx'
import { client } from '../session.ts'
import { IpAddress, List, Time } from './list.tsx'
import { Device, LogFilters, useLog } from './log.tsx'
import { Person } from './people.tsx'
import { Statistics } from './statistics.tsx'
import { consoleTexts } from './texts.ts'

const page = 'sign-ins'

/** The login log of all users, with a chart of all sign-ins. */
export function SignIns() {
  const t = consoleTexts.value.signIns
  const l = logTexts.value
  const state = useLog((query) => client.listLoginLogs(query))
  return (
    <Page title={t.title} isNew>
      <Statistics />
      <h2>{t.log}</h2>
      <LogFilters page={page} error={state.error} />
      <List
        page={page}
        state={state}
        count={t.count}
        none={t.none}
        caption={t.log}
        keyOf={({ id }) => id}
        columns={[
          { label: t.user, kind: 'main', show: ({ user }) => <Person id={user} /> },
          { label: l.when, show: ({ timestamp }) => <Time at={timestamp} /> },
          { label: l.what, show: ({ user_agent }) => <Device userAgent={user_agent} /> },
          { label: l.address, show: ({ ip_address }) => <IpAddress address={ip_address} /> },
        ]}
      />
    </Page>
  )
}
