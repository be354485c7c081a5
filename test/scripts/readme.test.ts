import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { TestService } from '../support/service.ts'

describe('README.md', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ PORT: '0' })
  })
  after(() => service.stop())

  it('has a walkthrough whose requests all succeed', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const [, walk = ''] = /<!-- walk -->\s+```sh\n([\s\S]*?)```/.exec(readme) ?? []
    const [head = '', ...rest] = walk.split('\n')
    assert.equal(head, 'BASE=http://localhost:8000 DATA=data')
    const script = `BASE=${service.url} DATA=${service.dataDir}\n${rest.join('\n')}`.replace(
      `curl -sS -w '\\n' "$LINK"`,
      `curl -sS -w '\\n' "\${LINK/http:\\/\\/accounts.test/$BASE}"`,
    )

    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script])

    const [registered, activated, me, changed, logs, signedOut, forgotten] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal(registered?.['email'], 'test@example.com')
    assert.equal(activated?.['detail'], 'The account is active.')
    assert.equal(me?.['email'], 'test@example.com')
    assert.deepEqual([changed?.['first_name'], changed?.['last_name']], ['Test', 'User'])
    assert.equal(logs?.['count'], 1)
    assert.deepEqual(signedOut, {})
    assert.match(String(forgotten?.['detail']), /recovery link/)
    for (let mail = 1; mail <= 2; mail++)
      assert.match((await service.mailTo('test@example.com')).subject, /^[\x20-\x7e]+$/, 'a mail is not in English')
  })
})
