import { password } from './accountCases.ts'
import type { Case } from './case.ts'

const me = '/api/v1/users/me/'
const logs = '/api/v1/logs/login/'
const headers = { Authorization: 'Bearer {access}' }

const noMessages = 'the reply has `code` and `detail`, but no `messages`'
const cursors = 'pages have opaque cursors, which stay right while records are added; clients follow `next`'

/** The profile, the login log, and what applies to every request. */
export const readCases: Case[] = [
  { name: 'read the profile', path: me, headers },
  {
    name: 'read the profile without its final slash',
    path: me.slice(0, -1),
    headers,
    difference: 'it is served without a redirect',
  },
  { name: 'read the profile by HEAD', method: 'HEAD', path: me, headers },
  { name: 'change the profile', method: 'PATCH', path: me, headers, body: { first_name: 'Ann' } },
  { name: 'change nothing', method: 'PATCH', path: me, headers, body: {} },
  {
    name: 'change the profile with a number as name',
    method: 'PATCH',
    path: me,
    headers,
    body: { first_name: 1 },
    difference: 'values are not converted to another type',
  },
  {
    name: 'change the profile with a name that is too long',
    method: 'PATCH',
    path: me,
    headers,
    body: { first_name: 'x'.repeat(151) },
  },
  {
    name: 'change a member that is read-only',
    method: 'PATCH',
    path: me,
    headers,
    body: { email: 'x@example.com' },
    difference: 'members that cannot be changed are refused, not ignored',
  },
  { name: 'replace the profile by PUT', method: 'PUT', path: me, headers, body: {} },
  {
    name: 'delete the profile by DELETE without a body',
    method: 'DELETE',
    path: me,
    headers,
  },
  { name: 'read the profile without a token', path: me },
  {
    name: 'read the profile with a malformed token',
    path: me,
    headers: { Authorization: 'Bearer x' },
    difference: noMessages,
  },
  {
    name: 'read the profile with a refresh token',
    path: me,
    headers: { Authorization: 'Bearer {refresh}' },
    difference: noMessages,
  },
  { name: 'read the profile with Basic', path: me, headers: { Authorization: 'Basic YTpi' } },
  {
    name: 'read the profile with Bearer and no token',
    path: me,
    headers: { Authorization: 'Bearer' },
    difference: 'the code is `token_not_valid`, as for any other malformed token',
  },
  { name: 'the login log', path: logs, headers: { ...headers, 'User-Agent': 'parity' } },
  { name: 'the login log without a token', path: logs },
  { name: 'a page of one record', path: `${logs}?page_size=1`, headers },
  {
    name: 'page_size=0',
    path: `${logs}?page_size=0`,
    headers,
    difference: 'a page size outside of 1 to 100 is refused',
  },
  { name: 'a page that does not exist', path: `${logs}?page=99`, headers, difference: cursors },
  { name: 'the oldest record first', path: `${logs}?ordering=timestamp`, headers },
  { name: 'the newest record first', path: `${logs}?ordering=-timestamp`, headers },
  { name: 'an unknown order', path: `${logs}?ordering=x`, headers },
  { name: 'records after a time', path: `${logs}?timestamp_after=2020-01-01T00:00:00Z`, headers },
  { name: 'records before a time', path: `${logs}?timestamp_before=2020-01-01T00:00:00Z`, headers },
  {
    name: 'records after a malformed time',
    path: `${logs}?timestamp_after=x`,
    headers,
    difference: 'the error names the parameter, not the filter',
  },
  { name: 'records of an IP address', path: `${logs}?ip_address=127.0.0.1`, headers },
  { name: 'records of another IP address', path: `${logs}?ip_address=192.0.2.1`, headers },
  { name: 'records of a User-Agent in another case', path: `${logs}?user_agent=NODE`, headers },
  { name: 'empty filters', path: `${logs}?ip_address=&user_agent=&timestamp_after=&ordering=&page_size=`, headers },
  { name: 'an unknown filter', path: `${logs}?unknown=1`, headers },
  {
    name: 'a path that does not exist',
    path: '/api/v1/nothing/',
    headers,
    difference: 'an error is always a problem document',
  },
  {
    name: 'sign in with the address in capital letters',
    path: '/api/v1/auth/token/',
    body: { email: 'ANN@example.com', password },
    difference: 'email addresses are compared without case',
  },
  {
    name: 'read the profile as a suspended user',
    path: me,
    headers,
    prepare: (system) => system.suspend('ann@example.com'),
  },
  { name: 'sign in as a suspended user', path: '/api/v1/auth/token/', body: { email: 'ann@example.com', password } },
  { name: 'refresh as a suspended user', path: '/api/v1/auth/token/refresh/', body: { refresh: '{refresh}' } },
  {
    name: 'read the profile as a deleted user',
    path: me,
    headers,
    prepare: (system) => system.remove('ann@example.com'),
  },
]
