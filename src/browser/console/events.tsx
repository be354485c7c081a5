import type { SecurityEvent, SecurityEventTypeFilter } from '../../../generated/sdk/index.ts'
import { logTexts } from '../logs/texts.ts'
import { Page } from '../page.tsx'
import { client } from '../session.ts'
import { readFilter } from './filterQuery.ts'
import { SelectFilter } from './filters.tsx'
import { IpAddress, List, Time } from './list.tsx'
import { Device, LogFilters, useLog } from './log.tsx'
import { Person } from './people.tsx'
import { consoleTexts } from './texts.ts'

const page = 'events'

/** The security events of all users. */
export function Events() {
  const t = consoleTexts.value.events
  const l = logTexts.value
  const type = readFilter('type') as SecurityEventTypeFilter | undefined
  const state = useLog((query) => client.listSecurityEvents({ ...query, type }))
  return (
    <Page title={t.title} isNew>
      <LogFilters page={page} error={state.error}>
        <SelectFilter name="type" label={t.type} options={{ '': t.all, ...l.types }} />
      </LogFilters>
      <List
        page={page}
        state={state}
        count={t.count}
        none={t.none}
        caption={t.title}
        keyOf={({ id }) => id}
        columns={[
          { label: t.type, kind: 'main', show: (event) => <EventType event={event} /> },
          { label: t.user, show: ({ user }) => (user === undefined ? '—' : <Person id={user} />) },
          { label: l.when, show: ({ timestamp }) => <Time at={timestamp} /> },
          {
            label: l.what,
            show: ({ user_agent }) => (user_agent === undefined ? '—' : <Device userAgent={user_agent} />),
          },
          { label: l.address, show: ({ ip_address }) => <IpAddress address={ip_address ?? '—'} /> },
        ]}
      />
    </Page>
  )
}

/** The event, and the superuser who caused it. */
function EventType({ event: { type, actor } }: { event: SecurityEvent }) {
  return (
    <>
      {logTexts.value.types[type] ?? type}
      {actor !== undefined && (
        <span class="hint">
          {consoleTexts.value.events.actor} <Person id={actor} />
        </span>
      )}
    </>
  )
}
