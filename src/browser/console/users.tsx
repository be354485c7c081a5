import { useState } from 'preact/hooks'
import type { AdminUser, UserOrdering } from '../../../generated/sdk/index.ts'
import { useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link, place } from '../router.tsx'
import { client } from '../session.ts'
import { UserBadges } from './badges.tsx'
import { explainFilters, readFilter } from './filterQuery.ts'
import { Filters, SelectFilter, TextFilter } from './filters.tsx'
import { List, Time, type Column } from './list.tsx'
import { rememberAddress } from './people.tsx'
import { SelectionBar, type ChangeSelection, type Selection } from './selection.tsx'
import { consoleTexts } from './texts.ts'

const page = 'users'

function readFlag(name: string): boolean | undefined {
  const value = readFilter(name)
  return value === undefined ? undefined : value === 'true'
}

async function listUsers() {
  const users = await client.listUsers({
    search: readFilter('search'),
    is_active: readFlag('is_active'),
    is_superuser: readFlag('is_superuser'),
    ordering: readFilter('ordering') as UserOrdering | undefined,
    cursor: readFilter('cursor'),
    page_size: 25,
  })
  for (const { id, email } of users.results) rememberAddress(id, email)
  return users
}

export function Users() {
  const t = consoleTexts.value.users
  const state = useLoad(place.value.search, listUsers, { keepsData: true })
  const [selection, changeSelection] = useState<Selection>(new Map())
  const errors = explainFilters(state.error)
  return (
    <Page title={t.title} isNew>
      <div class="toolbar">
        <Filters page={page}>
          <TextFilter name="search" label={t.search} error={errors['search']} />
          <SelectFilter name="is_active" label={t.state} options={t.states} />
          <SelectFilter name="is_superuser" label={t.role} options={t.roles} />
          <SelectFilter name="ordering" label={t.ordering} options={t.orderings} />
        </Filters>
        <Link page="users/new" class="button">
          {t.create}
        </Link>
      </div>
      <SelectionBar
        selection={selection}
        changeSelection={changeSelection}
        shown={state.data?.results ?? []}
        reload={state.reload}
      />
      <List
        page={page}
        state={state}
        count={t.count}
        none={t.none}
        labels={consoleTexts.value.pager}
        caption={t.title}
        columns={columnsOf(selection, changeSelection)}
        keyOf={({ id }) => id}
      />
    </Page>
  )
}

function columnsOf(selection: Selection, changeSelection: ChangeSelection): Column<AdminUser>[] {
  const t = consoleTexts.value.users
  const toggle = ({ id, email }: AdminUser) => {
    changeSelection((before) => {
      const changed = new Map(before)
      if (!changed.delete(id)) changed.set(id, email)
      return changed
    })
  }
  return [
    {
      label: t.select,
      kind: 'start',
      show: (user) => (
        <input
          type="checkbox"
          aria-label={`${t.select}: ${user.email}`}
          checked={selection.has(user.id)}
          onChange={() => {
            toggle(user)
          }}
        />
      ),
    },
    {
      label: t.email,
      kind: 'main',
      show: ({ id, email, first_name, last_name }) => (
        <>
          <Link page={`users/${id}`}>{email}</Link>
          <span class="hint">{`${first_name} ${last_name}`.trim()}</span>
        </>
      ),
    },
    { label: t.state, show: (user) => <UserBadges user={user} /> },
    { label: t.joined, show: ({ date_joined }) => <Time at={date_joined} /> },
    { label: t.lastLogin, show: ({ last_login }) => (last_login ? <Time at={last_login} /> : t.never) },
  ]
}
