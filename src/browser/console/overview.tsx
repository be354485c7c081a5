import type { ListUsersQuery } from '../../../generated/sdk/index.ts'
import { formatNumber } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link } from '../router.tsx'
import { client } from '../session.ts'
import { useMailCounts } from './mailTabs.tsx'
import { Statistics } from './statistics.tsx'
import { consoleTexts } from './texts.ts'

type Figures = { isAlive: boolean; isReady: boolean; users: string; suspended: string }

function isOk(check: Promise<unknown>): Promise<boolean> {
  return check.then(
    () => true,
    () => false,
  )
}

/** Counts users. The health is shown even if the database does not respond. */
function countUsers(query: ListUsersQuery): Promise<string> {
  return client.listUsers({ ...query, page_size: 1 }).then(
    ({ count, count_capped }) => `${formatNumber(count)}${count_capped ? '+' : ''}`,
    () => '—',
  )
}

async function readFigures(): Promise<Figures> {
  const once = { timeout: 5_000 }
  const [isAlive, isReady] = await Promise.all([isOk(client.getLiveness(once)), isOk(client.getReadiness(once))])
  const [users, suspended] = await Promise.all([countUsers({}), countUsers({ is_active: false })])
  return { isAlive, isReady, users, suspended }
}

/** The health of the service, its numbers, and the sign-ins over time. */
export function Overview() {
  const t = consoleTexts.value.overview
  const state = useLoad('figures', readFigures)
  const mails = useMailCounts()
  return (
    <Page title={t.title} isNew>
      <Loading state={state}>
        {({ isAlive, isReady, users, suspended }) => (
          <dl class="tiles">
            <Tile label={t.process} value={isAlive ? t.alive : t.notAlive} isBad={!isAlive} />
            <Tile label={t.requests} value={isReady ? t.ready : t.notReady} isBad={!isReady} />
            <Tile label={t.users} value={users} page="users" />
            <Tile label={t.suspended} value={suspended} page="users" search="?is_active=false" />
            {mails.data && (
              <>
                <Tile label={t.queued} value={formatNumber(mails.data.queued)} page="mails" search="?status=queued" />
                <Tile
                  label={t.failed}
                  value={formatNumber(mails.data.failed)}
                  page="mails"
                  search="?status=failed"
                  isBad={mails.data.failed > 0}
                />
              </>
            )}
          </dl>
        )}
      </Loading>
      <p>
        <button
          type="button"
          class="link"
          onClick={() => {
            state.reload()
            mails.reload()
          }}
        >
          {t.refresh}
        </button>
      </p>
      <Statistics />
    </Page>
  )
}

type TileProps = { label: string; value: string; page?: string; search?: string; isBad?: boolean }

function Tile({ label, value, page, search = '', isBad = false }: TileProps) {
  return (
    <div class={isBad ? 'bad' : undefined}>
      <dt>
        {page === undefined ? (
          label
        ) : (
          <Link page={page} search={search}>
            {label}
          </Link>
        )}
      </dt>
      <dd>{value}</dd>
    </div>
  )
}
