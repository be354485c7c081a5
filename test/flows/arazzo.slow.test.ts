import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { password, TestService } from '../support/service.ts'

type Flows = { workflows: { workflowId: string; steps: { stepId: string }[] }[] }

const root = join(import.meta.dirname, '../..')
const { workflows } = load(await readFile(join(root, 'flows.arazzo.yaml'), 'utf8')) as Flows

/**
 * redocly respect runs each workflow and compares the status, content type and schema of every reply with
 * openapi.yaml.
 */
describe('the workflows in flows.arazzo.yaml', function () {
  this.timeout(60_000)
  let service: TestService
  const passed = new Set<string>()
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const respect = (workflow: string, inputs: Record<string, string>) =>
    new Promise<{ code: unknown; output: string }>((resolve) => {
      const cli = ['node_modules/@redocly/cli/bin/cli.js', 'respect', 'flows.arazzo.yaml', '--workflow', workflow]
      const args = [...cli, '--input', JSON.stringify(inputs), '--server', `gatehouse=${service.url}`]
      const env = { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' }
      execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr })
      })
    })

  /** Runs a workflow and checks that each of its steps passed. */
  const run = async (workflow: string, inputs: Record<string, string>) => {
    const { code, output } = await respect(workflow, inputs)
    assert.equal(code, 0, output)
    const steps = workflows.find(({ workflowId }) => workflowId === workflow)?.steps ?? []
    assert.match(output, new RegExp(`Steps: ${steps.length} passed, ${steps.length} total`))
    for (const { stepId } of steps) assert.match(output, new RegExp(`✓ [A-Z]+ \\S+ - step ${stepId}\\b`))
    passed.add(workflow)
  }

  it('include sign-up: register, read the mail, activate', async () => {
    const email = service.email()
    await run('sign-up', { email, password })
    const { code } = await service.mailTo(email)
    await run('activate', { email, password, code })
  })

  it('include recovery: request a mail, read it, set a new password', async () => {
    const { email } = await service.activeUser()
    await run('forgot-password', { email })
    const { code } = await service.mailTo(email)
    await run('recover', { email, former_password: password, new_password: 'another horse and battery', code })
  })

  it('include recovery without an account: register, request a mail, set a password', async () => {
    const email = service.email()
    // The workflows sign-up and forgot-password, which the tests above run.
    const registration = { email, password, password_confirm: password }
    assert.equal((await service.call('registerUser', { body: registration })).status, 201)
    await service.mailTo(email)
    assert.equal((await service.call('forgotPassword', { body: { email } })).status, 200)
    const { code } = await service.mailTo(email)
    const new_password = 'another horse and battery'
    await run('choose-password', { email, registered_password: password, new_password, code })
  })

  it('include refresh: sign in, refresh, sign out', async () => {
    const { email } = await service.activeUser()
    await run('refresh', { email, password })
  })

  it('are all run by these tests', () => {
    assert.deepEqual([...passed].sort(), workflows.map(({ workflowId }) => workflowId).sort())
  })

  it('fail with the name of the failing step', async () => {
    const { code, output } = await respect('activate', { email: service.email(), password, code: 'wrong' })
    assert.equal(code, 1)
    assert.match(output, /✗ POST \S+ - step activate\b/)
    assert.match(output, /success criteria check - \$statusCode == 200/)
  })
})
