import { useRef, useState } from 'preact/hooks'
import { randomKey } from '../../../generated/sdk/calls.ts'
import type { NewUserRequest } from '../../../generated/sdk/index.ts'
import { Field, Form, NewPassword, type Values } from '../form.tsx'
import { fill } from '../language.ts'
import { Page } from '../page.tsx'
import { navigate } from '../router.tsx'
import { client } from '../session.ts'
import { pathOf } from '../settings.ts'
import { texts } from '../texts.ts'
import { Choice, LanguageField } from './fields.tsx'
import { notify } from './notice.tsx'
import { rememberAddress } from './people.tsx'
import { consoleTexts } from './texts.ts'

export function NewUser() {
  const t = consoleTexts.value.newUser
  const [hasPassword, setHasPassword] = useState(false)
  const request = useRef({ body: '', key: '' })

  const create = async (values: Values) => {
    const { email = '', first_name = '', last_name = '', language = '', password } = values
    const body = {
      email,
      first_name,
      last_name,
      language: language as NonNullable<NewUserRequest['language']>,
      is_superuser: 'is_superuser' in values,
      ...(hasPassword ? { password: password ?? '' } : {}),
    }
    // After a lost reply, the same request gets the reply of the first one instead of an error.
    const text = JSON.stringify(body)
    if (request.current.body !== text) request.current = { body: text, key: randomKey() }
    const user = await client.createUser(body, { idempotencyKey: request.current.key })
    rememberAddress(user.id, user.email)
    navigate(pathOf(`users/${user.id}`, 'console'))
    notify(fill(hasPassword ? t.created : t.invited, { email: user.email }))
  }
  const choose = (value: boolean) => () => {
    setHasPassword(value)
  }

  return (
    <Page title={t.title} isNew>
      <Form send={create} button={hasPassword ? t.create : t.invite}>
        <Field name="email" type="email" label={texts.value.email} autocomplete="off" />
        <fieldset>
          <legend>{t.how}</legend>
          <Choice type="radio" name="how" label={t.byMail} isChecked={!hasPassword} onChange={choose(false)} />
          <Choice type="radio" name="how" label={t.byPassword} isChecked={hasPassword} onChange={choose(true)} />
        </fieldset>
        {hasPassword && <NewPassword label={texts.value.password} />}
        <div class="pair">
          <Field name="first_name" label={t.firstName} autocomplete="off" />
          <Field name="last_name" label={t.lastName} autocomplete="off" />
        </div>
        <LanguageField value="en" />
        <Choice type="checkbox" name="is_superuser" label={t.superuser} hint={t.superuserHint} isChecked={false} />
      </Form>
    </Page>
  )
}
