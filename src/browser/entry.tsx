/** The pages for people who are not signed in. */
import { render, type FunctionComponent } from 'preact'
import { Register } from './register.tsx'
import { ForgotPassword, ResendActivation } from './requestMail.tsx'
import { pathOf } from './settings.ts'
import { SignIn } from './signIn.tsx'

const pages: Record<string, FunctionComponent> = {
  'sign-in': SignIn,
  register: Register,
  'forgot-password': ForgotPassword,
  'resend-activation': ResendActivation,
}

const Current = Object.entries(pages).find(([name]) => location.pathname === pathOf(name))?.[1] ?? SignIn
const main = document.querySelector('main')
if (main) {
  main.replaceChildren()
  render(<Current />, main)
}
