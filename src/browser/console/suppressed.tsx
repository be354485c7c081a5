import type { SuppressedAddress } from '../../../generated/sdk/index.ts'
import { fill } from '../language.ts'
import { useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { place } from '../router.tsx'
import { client } from '../session.ts'
import { readFilter } from './filterQuery.ts'
import { List, Time } from './list.tsx'
import { MailTabs, useMailCounts } from './mailTabs.tsx'
import { perform } from './notice.tsx'
import { consoleTexts } from './texts.ts'

const page = 'mails/suppressed'

/** The addresses that get no mails, because they have no mailbox. */
export function Suppressed() {
  const t = consoleTexts.value.suppressed
  const counts = useMailCounts()
  const state = useLoad(
    place.value.search,
    () => client.listSuppressedAddresses({ cursor: readFilter('cursor'), page_size: 25 }),
    { keepsData: true },
  )
  const allow = async ({ email }: SuppressedAddress) => {
    await perform(() => client.unsuppressAddress({ email }), fill(t.allowed, { email }))
    state.reload()
    counts.reload()
  }
  return (
    <Page title={t.title} isNew>
      <MailTabs counts={counts.data} />
      <p>{t.text}</p>
      <List
        page={page}
        state={state}
        count={t.count}
        none={t.none}
        caption={t.title}
        keyOf={({ email }) => email}
        columns={[
          { label: t.email, kind: 'main', show: ({ email }) => email },
          {
            label: t.reason,
            show: ({ reason, diagnostic }) => (
              <>
                <code>{reason}</code>
                <span class="hint">{diagnostic}</span>
              </>
            ),
          },
          { label: t.source, show: ({ source }) => t.sources[source] ?? source },
          { label: t.since, show: ({ created_at }) => <Time at={created_at} /> },
          {
            label: t.allow,
            kind: 'end',
            show: (address) => (
              <button type="button" class="link" onClick={() => void allow(address)}>
                {t.allow}
              </button>
            ),
          },
        ]}
      />
    </Page>
  )
}
