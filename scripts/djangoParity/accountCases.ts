import type { Case } from './case.ts'
import { readCode } from './system.ts'

const register = '/api/v1/users/register/'
const activate = '/api/v1/users/activate/'
const forgot = '/api/v1/users/forgot-password/'
const restore = '/api/v1/users/restore-password/'

export const password = 'correct horse battery'
const registration = (email: string) => ({ email, password, password_confirm: password })

/** Registration, activation and recovery. */
export const accountCases: Case[] = [
  { name: 'register', path: register, body: registration('ann@example.com') },
  { name: 'register with blanks around the address', path: register, body: registration(' bob@example.com ') },
  {
    name: 'register an address that has an account',
    path: register,
    body: registration('ann@example.com'),
    difference: 'the reply does not reveal that an account exists; its owner gets a mail',
  },
  {
    name: 'register with two different passwords',
    path: register,
    body: { ...registration('c@example.com'), password_confirm: 'other' },
  },
  {
    name: 'register with a short password',
    path: register,
    body: { email: 'c@example.com', password: 'short', password_confirm: 'short' },
  },
  { name: 'register without an address', path: register, body: { password, password_confirm: password } },
  { name: 'register with a malformed address', path: register, body: registration('ann') },
  { name: 'register with null as address', path: register, body: { ...registration(''), email: null } },
  {
    name: 'register with a member that is not known',
    path: register,
    body: { ...registration('dan@example.com'), is_superuser: true },
    difference: 'members that the contract does not list are refused',
  },
  { name: 'register with malformed JSON', path: register, body: '{"email":' },
  { name: 'register with a form', path: register, headers: { 'Content-Type': 'text/plain' }, body: 'email=ann' },
  {
    name: 'activate with a wrong code',
    path: `${activate}?code=wrong`,
    difference: 'a wrong code is an invalid parameter, not a missing page',
  },
  {
    name: 'activate',
    path: `${activate}?code={code}`,
    prepare: async (system, variables) => {
      variables['code'] = await readCode(system, 'ann@example.com')
    },
  },
  {
    name: 'activate again with the same code',
    path: `${activate}?code={code}`,
    difference: 'a link that is opened twice shows success again',
  },
  { name: 'ask for recovery', path: forgot, body: { email: 'ann@example.com' } },
  { name: 'ask for recovery of an unknown address', path: forgot, body: { email: 'nobody@example.com' } },
  {
    name: 'restore with a wrong code',
    path: restore,
    body: { code: 'wrong', password, password_confirm: password },
    difference: 'the reply has the code `code_invalid`, and no list of fields',
  },
  {
    name: 'restore the password',
    path: restore,
    body: { code: '{recovery}', password, password_confirm: password },
    prepare: async (system, variables) => {
      variables['recovery'] = await readCode(system, 'ann@example.com', variables['code'])
    },
  },
]
