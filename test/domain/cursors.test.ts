import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { Cursors } from '../../src/domain/cursors.ts'
import { Problem } from '../../src/problems.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

type Page = { next: string | null; previous: string | null; results: { email: string }[] }

const key = createSecretKey(Buffer.alloc(32, 1))
const cursors = new Cursors(key)
const id = '0198f3a2-71b8-7e05-b6c4-d08f5a2e9137'

describe('cursors (security 72)', () => {
  const position = { value: '2026-11-24T10:15:42.318123Z', id, backward: false }
  const cursor = cursors.write('list', position)

  it('decrypt to the encrypted position, forward and backward', () => {
    assert.deepEqual(cursors.read('list', cursor), position)
    const backward = { ...position, backward: true }
    assert.deepEqual(cursors.read('list', cursors.write('list', backward)), backward)
  })

  it('are refused if a letter differs, or if another key or list created them', () => {
    const flipped = Array.from(
      cursor,
      (letter, index) => `${cursor.slice(0, index)}${letter === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`,
    )
    const foreign = new Cursors(createSecretKey(Buffer.alloc(32, 2))).write('list', position)
    const altered = ['', 'A', cursor.slice(0, -4), `${cursor}AAAA`, `${cursor}=`, `${cursor}.`, ` ${cursor}`]
    for (const text of [...flipped, foreign, ...altered])
      assert.throws(
        () => cursors.read('list', text),
        (error) => error instanceof Problem && error.errors?.[0]?.parameter === 'cursor',
        text,
      )
    assert.throws(() => cursors.read('other list', cursor), Problem)
  })
})

describe('encrypted cursors (security 113)', () => {
  it('contain no readable part of an email address', async () => {
    const service = await TestService.start()
    try {
      const superuser = await addUser(service, { superuser: true })
      const emails = ['annabel@secret.example', 'benedict@secret.example', 'Cydalima@secret.example']
      await service.sql(
        `insert into users (id, email) select gen_random_uuid(), email from unnest($1::text[]) as email`,
        [emails],
      )
      const headers = { Authorization: `Bearer ${superuser.access}` }
      const walked: string[] = []
      let path: string | null = '/api/v1/users/?ordering=email&page_size=1'
      while (path !== null) {
        const { body } = await service.fetch(path, { headers })
        const { next, previous, results } = body as unknown as Page
        walked.push(...results.map(({ email }) => email))
        for (const url of [next, previous]) {
          const cursor = new URL(url ?? service.url).searchParams.get('cursor') ?? ''
          const bytes = Buffer.from(cursor, 'base64url')
          for (const text of [url ?? '', bytes.toString('latin1'), bytes.toString('utf16le')])
            assert.doesNotMatch(text, /secret|example|annabel|benedict|cydalima/i)
        }
        path = next?.slice(service.url.length) ?? null
      }
      assert.deepEqual(walked, [...emails, superuser.email])
    } finally {
      await service.stop()
    }
  })

  it('are accepted for an email address of the maximum length', async () => {
    const service = await TestService.start()
    try {
      const superuser = await addUser(service, { superuser: true })
      // The domain has 251 characters in its ASCII form and 581 bytes in the displayed form.
      const domain = `${Array.from({ length: 4 }, () => '例'.repeat(47)).join('.')}.com`
      await service.sql('insert into users (id, email) values (gen_random_uuid(), $1), (gen_random_uuid(), $2)', [
        `${'я'.repeat(32)}@${domain}`,
        `${'я'.repeat(31)}ю@${domain}`,
      ])
      const query = { ordering: '-email', page_size: '1' }
      const first = await service.call('listUsers', { token: superuser.access, query })
      const { search, pathname } = new URL(String(first.body['next']))
      const headers = { Authorization: `Bearer ${superuser.access}` }
      const second = await service.fetch(`${pathname}${search}`, { headers })
      assert.equal(second.status, 200, JSON.stringify(second.body))
      assert.ok(search.length > 512)
    } finally {
      await service.stop()
    }
  })

  it('are equal for equal positions, and differ in every part for different positions', () => {
    const position = { value: 'ann@example.com', id, backward: false }
    assert.equal(cursors.write('list', position), cursors.write('list', position))
    const other = { ...position, value: 'ann@example.net' }
    const [one, two] = [position, other].map((each) => Buffer.from(cursors.write('list', each), 'base64url'))
    // Even if two values begin alike, their cursors have the same byte at an offset only by chance.
    const same = [...(one ?? [])].filter((byte, index) => byte === two?.[index])
    assert.ok(same.length < 8, String(same.length))
  })

  it('are refused in the format of version 0.3.0', () => {
    const text = Buffer.from(`ann@example.com ${id} f`)
    const mac = createHmac('sha256', key).update('list\n').update(text).digest().subarray(0, 16)
    const old = Buffer.concat([mac, text]).toString('base64url')
    assert.throws(
      () => cursors.read('list', old),
      (error) => error instanceof Problem && error.errors?.[0]?.code === 'cursor_invalid',
    )
  })
})
