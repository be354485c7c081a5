import { password } from './accountCases.ts'
import type { Case } from './case.ts'

const token = '/api/v1/auth/token/'
const refresh = '/api/v1/auth/token/refresh/'
const verify = '/api/v1/auth/token/verify/'
const blacklist = '/api/v1/auth/token/blacklist/'
const ann = { email: 'ann@example.com', password }

/** Sign-in and tokens. */
export const tokenCases: Case[] = [
  { name: 'sign in', path: token, body: ann, keep: { access: 'access', refresh: 'refresh' } },
  { name: 'sign in with blanks around the address', path: token, body: { ...ann, email: ' ann@example.com' } },
  { name: 'sign in with a wrong password', path: token, body: { ...ann, password: 'wrong' } },
  { name: 'sign in with an unknown address', path: token, body: { ...ann, email: 'nobody@example.com' } },
  { name: 'sign in before the activation', path: token, body: { ...ann, email: 'bob@example.com' } },
  { name: 'sign in without a password', path: token, body: { email: 'ann@example.com' } },
  { name: 'sign in with an empty password', path: token, body: { ...ann, password: '' } },
  { name: 'sign in with an empty object', path: token, body: {} },
  { name: 'sign in with a list', path: token, body: [] },
  {
    name: 'sign in without a body',
    method: 'POST',
    path: token,
    difference: 'a missing body is one error, not one for each field',
  },
  { name: 'sign in with application/json;', path: token, headers: { 'Content-Type': 'application/json;' }, body: ann },
  {
    name: 'sign in with application/json; version=1',
    path: token,
    headers: { 'Content-Type': 'application/json; version=1' },
    body: ann,
  },
  { name: 'sign in by GET', path: token },
  { name: 'refresh', path: refresh, body: { refresh: '{refresh}' } },
  { name: 'refresh with an access token', path: refresh, body: { refresh: '{access}' } },
  { name: 'refresh with a malformed token', path: refresh, body: { refresh: 'x' } },
  { name: 'refresh without a token', path: refresh, body: {} },
  { name: 'verify an access token', path: verify, body: { token: '{access}' } },
  { name: 'verify a malformed token', path: verify, body: { token: 'x.y.z' } },
  { name: 'sign in again', path: token, body: ann, keep: { access: 'access', refresh: 'refresh' } },
  { name: 'sign out', path: blacklist, body: { refresh: '{refresh}' } },
  { name: 'refresh after the sign-out', path: refresh, body: { refresh: '{refresh}' } },
  {
    name: 'call with the access token after the sign-out',
    path: '/api/v1/users/me/',
    headers: { Authorization: 'Bearer {access}' },
    difference: 'a sign-out ends the access token, too',
  },
  { name: 'sign in for the rest', path: token, body: ann, keep: { access: 'access', refresh: 'refresh' } },
]
