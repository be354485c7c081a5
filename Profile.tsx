import { useSignal } from '@preact/signals'
import type { User } from '../../../../generated/sdk/index.ts'
import { client, showUser } from '../session.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { useAreaTexts } from './texts.ts'

export function Profile({ user }: { user: User }) {
  const t = useAreaTexts().profile
  const isSaved = useSignal(false)
  return (
    <>
      <Heading title={t.title} />
      <p role="status">{isSaved.value ? t.saved : ''}</p>
      <Form
        fields={[
          {
            ...{ name: 'first_name', label: t.firstName, autocomplete: 'given-name', value: user.first_name },
            ...{ hint: t.optional, isOptional: true },
          },
          {
            ...{ name: 'last_name', label: t.lastName, autocomplete: 'family-name', value: user.last_name },
            ...{ hint: t.optional, isOptional: true },
          },
        ]}
        button={t.button}
        submit={async ({ first_name = '', last_name = '', language }) => {
          isSaved.value = false
          showUser(await client.updateMe({ first_name, last_name, language: language === 'ru' ? 'ru' : 'en' }))
          isSaved.value = true
        }}
      >
        <div class="field">
          <label for="language">{t.language}</label>
          <select id="language" name="language" autocomplete="language">
            <option value="en" selected={user.language !== 'ru'} lang="en">
              English
            </option>
            <option value="ru" selected={user.language === 'ru'} lang="ru">
              Русский
            </option>
          </select>
        </div>
      </Form>
    </>
  )
}
