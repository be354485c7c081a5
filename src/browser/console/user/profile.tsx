import { useState } from 'preact/hooks'
import { etagOf, Problem, type AdminUser, type AdminUserUpdate } from '../../../../generated/sdk/index.ts'
import { ExplainedError } from '../../explain.ts'
import { Field, Form, type Values } from '../../form.tsx'
import { fill } from '../../language.ts'
import { client, user as me } from '../../session.ts'
import { Choice, LanguageField } from '../fields.tsx'
import { consoleTexts } from '../texts.ts'

const members = ['first_name', 'last_name', 'language', 'is_active', 'is_superuser'] as const
type Member = (typeof members)[number]
type Draft = Pick<AdminUser, Member>
/**
 * The stored user, the values in the form, and the members that were changed elsewhere while this form was being filled
 * in.
 */
type State = { stored: AdminUser; draft: Draft; conflicts: readonly Member[]; round: number }

function readDraft(values: Values): Draft {
  const { first_name = '', last_name = '', language = 'en' } = values
  return {
    first_name,
    last_name,
    language,
    is_active: 'is_active' in values,
    is_superuser: 'is_superuser' in values,
  }
}

/** The form with a user's profile and rights. It sends only what was changed. */
export function Profile({ user, reload }: { user: AdminUser; reload: () => void }) {
  const t = consoleTexts.value.user
  const [{ stored, draft, conflicts, round }, setState] = useState<State>({
    stored: user,
    draft: user,
    conflicts: [],
    round: 0,
  })
  const [isSaved, setSaved] = useState(false)

  const save = async (values: Values) => {
    setSaved(false)
    const typed = readDraft(values)
    const changes = members.filter((member) => typed[member] !== stored[member])
    const body = Object.fromEntries(changes.map((member) => [member, typed[member]])) as AdminUserUpdate
    const send = async (known: AdminUser) => {
      const saved = await client.updateUser(stored.id, body, { ifMatch: etagOf(known) })
      setState({ stored: saved, draft: saved, conflicts: [], round: round + 1 })
      setSaved(true)
      reload()
      // The console then has another language, or the superuser is no longer one.
      if (saved.id === me.value?.id) me.value = await client.getMe()
    }
    try {
      await send(stored)
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'precondition_failed')) throw error
      const newer = await client.getUser(stored.id)
      const conflicts = members.filter((member) => newer[member] !== stored[member])
      // No value of this form has changed; the user may have signed in, for example.
      if (conflicts.length === 0) return send(newer)
      // The superuser’s input is kept, and all other fields show the newer values.
      const draft = { ...newer, ...body } as Draft
      setState({ stored: newer, draft, conflicts, round: round + 1 })
      throw new ExplainedError({ alert: t.changed, fields: {} })
    }
  }

  const noteOf = (member: Member) => {
    if (!conflicts.includes(member)) return undefined
    const value = stored[member]
    if (typeof value === 'boolean') return fill(t.newer, { value: value ? t.yes : t.no })
    const languages: Record<string, string> = consoleTexts.value.language.names
    return fill(t.newer, { value: (member === 'language' ? languages[value] : value) || '—' })
  }
  const withNote = (member: Member, hint: string) => [noteOf(member), hint].filter(Boolean).join(' ')
  const nameField = (member: 'first_name' | 'last_name', label: string) => {
    const note = noteOf(member)
    return (
      <Field name={member} label={label} autocomplete="off" value={draft[member]} {...(note ? { hint: note } : {})} />
    )
  }
  return (
    <section>
      <h2>{t.profile}</h2>
      <Form send={save} button={t.save} done={isSaved ? t.saved : undefined}>
        <div key={round}>
          <div class="pair">
            {nameField('first_name', t.firstName)}
            {nameField('last_name', t.lastName)}
          </div>
          <LanguageField value={draft.language} hint={noteOf('language')} />
          <Choice
            type="checkbox"
            name="is_active"
            label={t.active}
            hint={withNote('is_active', t.activeHint)}
            isChecked={draft.is_active}
          />
          <Choice
            type="checkbox"
            name="is_superuser"
            label={t.superuser}
            hint={withNote('is_superuser', t.superuserHint)}
            isChecked={draft.is_superuser}
          />
        </div>
      </Form>
    </section>
  )
}
