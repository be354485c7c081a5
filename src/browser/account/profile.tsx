import { useState } from 'preact/hooks'
import { etagOf, Problem } from '../../../generated/sdk/index.ts'
import { Field, Form, type Values } from '../form.tsx'
import { fill, formatTime } from '../language.ts'
import { Page } from '../page.tsx'
import { client, user } from '../session.ts'
import type { Language } from '../settings.ts'
import { accountTexts } from './texts.ts'

export function Profile() {
  const t = accountTexts.value
  const [isSaved, setSaved] = useState(false)
  const me = user.value
  if (!me) return null
  const save = async ({ first_name = '', last_name = '', language = '' }: Values) => {
    setSaved(false)
    try {
      const body = { first_name, last_name, language: language as Language }
      user.value = await client.updateMe(body, { ifMatch: etagOf(me) })
      setSaved(true)
    } catch (error) {
      if (error instanceof Problem && error.code === 'precondition_failed') user.value = await client.getMe()
      throw error
    }
  }
  return (
    <Page title={t.profile.title} isNew>
      <p class="hint">
        {me.email} · {fill(t.profile.since, { time: formatTime(me.date_joined) })}
      </p>
      <Form send={save} button={t.save} done={isSaved ? t.saved : undefined}>
        <Field name="first_name" label={t.profile.firstName} autocomplete="given-name" value={me.first_name} />
        <Field name="last_name" label={t.profile.lastName} autocomplete="family-name" value={me.last_name} />
        <div class="field">
          <label for="language">{t.profile.language}</label>
          <select id="language" name="language">
            {Object.entries(t.profile.languages).map(([code, name]) => (
              <option key={code} value={code} selected={code === me.language} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </Form>
    </Page>
  )
}
