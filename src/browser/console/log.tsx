import type { ComponentChildren } from 'preact'
import { useLoad, type LoadState } from '../load.tsx'
import { nameDevice } from '../logs/device.ts'
import { readLogQuery } from '../logs/query.ts'
import { logTexts } from '../logs/texts.ts'
import { place } from '../router.tsx'
import { explainFilters, readFilter } from './filterQuery.ts'
import { Filters, TextFilter } from './filters.tsx'
import { findUser } from './findUser.ts'
import { rememberAddress } from './people.tsx'
import { consoleTexts } from './texts.ts'

type LogQuery = ReturnType<typeof readLogQuery> & { user: string | undefined; page_size: number }

/** Loads a log with the filters in the query of the page. */
export function useLog<LogPage>(list: (query: LogQuery) => Promise<LogPage>): LoadState<LogPage> {
  const { search } = place.value
  const load = async () => {
    const user = await findUser(readFilter('user')?.trim() ?? '')
    if (user) rememberAddress(user.id, user.email)
    return list({ ...readLogQuery(search), user: user?.id, page_size: 25 })
  }
  // The period belongs to the chart.
  const query = new URLSearchParams(search)
  query.delete('period')
  return useLoad(query.toString(), load, { keepsData: true })
}

type Props = { page: string; error: unknown; children?: ComponentChildren }

/** The filters that all logs have, after those of one log. */
export function LogFilters({ page, error, children }: Props) {
  const errors = explainFilters(error)
  const l = logTexts.value
  return (
    <Filters page={page}>
      {children}
      <TextFilter name="user" label={consoleTexts.value.findUser.label} error={errors['user']} />
      <TextFilter name="user_agent" label={l.what} error={errors['user_agent']} />
      <TextFilter name="ip_address" label={l.address} error={errors['ip_address']} />
      <TextFilter name="from" type="date" label={l.from} />
      <TextFilter name="to" type="date" label={l.to} />
    </Filters>
  )
}

/** A device by its name, with the User-Agent in which a filter searches. */
export function Device({ userAgent }: { userAgent: string }) {
  return (
    <>
      {nameDevice(userAgent)}
      <span class="hint agent">{userAgent}</span>
    </>
  )
}
