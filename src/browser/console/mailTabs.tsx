import { formatNumber } from '../language.ts'
import { useLoad, type LoadState } from '../load.tsx'
import { Link, place } from '../router.tsx'
import { client } from '../session.ts'
import { pathOf } from '../settings.ts'
import { readFilter } from './filterQuery.ts'
import { consoleTexts } from './texts.ts'

export type MailCounts = { queued: number; failed: number; suppressed: number }

/** Counts the mails and addresses that may need a superuser. */
export function useMailCounts(): LoadState<MailCounts> {
  return useLoad('mails', async () => {
    const queued = await client.listMails({ status: 'queued', page_size: 1 })
    const failed = await client.listMails({ status: 'failed', page_size: 1 })
    const suppressed = await client.listSuppressedAddresses({ page_size: 1 })
    return { queued: queued.count, failed: failed.count, suppressed: suppressed.count }
  })
}

const statuses = ['', 'queued', 'failed', 'sent', 'dropped'] as const

/** The links to the mails of each status, and to the suppressed addresses. */
export function MailTabs({ counts }: { counts: MailCounts | undefined }) {
  const t = consoleTexts.value.mails
  const isOutbox = place.value.path === pathOf('mails', 'console')
  const status = readFilter('status') ?? ''
  const count = (number: number | undefined) =>
    number === undefined ? null : <span class="number">{formatNumber(number)}</span>
  return (
    <nav class="tabs" aria-label={t.tabs}>
      {statuses.map((each) => (
        <Link
          key={each}
          page="mails"
          search={each === '' ? '' : `?status=${each}`}
          isCurrent={isOutbox && status === each}
        >
          {each === '' ? t.all : t.statuses[each]}{' '}
          {each === 'queued' || each === 'failed' ? count(counts?.[each]) : null}
        </Link>
      ))}
      <Link page="mails/suppressed">
        {t.suppressed} {count(counts?.suppressed)}
      </Link>
    </nav>
  )
}
