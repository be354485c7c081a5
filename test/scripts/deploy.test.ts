import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { assertSettings, longestStop, readDeployFile } from '../support/deployFiles.ts'
import { skip } from '../support/skip.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

type Probe = { httpGet: { path: string; port: string } }
type Container = {
  image: string
  env: { name: string; value: string }[]
  volumeMounts: { mountPath: string }[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
}
type Pod = {
  terminationGracePeriodSeconds: number
  securityContext: { runAsUser: number }
  containers: [Container]
  volumes: [{ secret: { secretName: string } }]
}
type Manifest = {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec: { template: { spec: Pod } }
}

const unit = readDeployFile('gatehouse.service')
const manifests = globSync('kubernetes/*.yaml', { cwd: join(root, 'deploy') })
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) => parseAllDocuments(readDeployFile(file)).map((document) => document.toJS() as Manifest))

const find = (kind: string, name: string) =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name) ?? assert.fail(kind)
const pods = [find('Deployment', 'gatehouse'), find('Job', 'gatehouse-migration')].map((one) => one.spec.template.spec)
const [served, migrated] = pods as [Pod, Pod]

describe('deploy/gatehouse.service', () => {
  it('names only settings and credentials that exist', () => {
    const environment = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, text = '']) => text.split(' '))
    assertSettings(environment.map((entry) => entry.split('=')[0] ?? ''))
    const files = environment.flatMap((entry) => /_FILE=%d\/(\w+)/.exec(entry)?.[1] ?? [])
    const credentials = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name = '']) => name)
    assert.deepEqual(files.sort(), credentials.sort())
  })

  it('has a TimeoutStopSec that is longer than the service needs to stop', () => {
    assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) > longestStop)
  })

  it('passes systemd-analyze verify', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-unit-'))
    try {
      const file = join(folder, 'gatehouse.service')
      await writeFile(file, unit.replace('/usr/bin/node', process.execPath))
      const { stderr } = await run('systemd-analyze', ['verify', file]).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip(this, 'systemd-analyze is not installed')
        throw error
      })
      assert.equal(stderr, '')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('deploy/kubernetes', () => {
  it('names only settings that exist', () => {
    const inPods = pods.flatMap(({ containers: [{ env }] }) => env.map(({ name }) => name))
    assertSettings([...inPods, ...Object.keys(find('ConfigMap', 'gatehouse').data ?? {})])
  })

  it('mounts each key of the example secrets, whose values are empty', () => {
    for (const { volumes, containers } of pods) {
      const { stringData = {} } = find('Secret', volumes[0].secret.secretName)
      const [{ env, volumeMounts }] = containers
      const files = env.filter(({ name }) => name.endsWith('_FILE')).map(({ value }) => value)
      const paths = Object.keys(stringData).map((key) => `${volumeMounts[0]?.mountPath ?? ''}/${key}`)
      assert.deepEqual(files.sort(), paths.sort())
      assert.ok(Object.values(stringData).every((value) => value === ''))
    }
  })

  it('has probes for liveness, which need no database, and for readiness', () => {
    const [{ startupProbe, livenessProbe, readinessProbe }] = served.containers
    const paths = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path)
    assert.deepEqual(paths, ['/health/live', '/health/live', '/health/ready'])
    assert.ok(served.terminationGracePeriodSeconds > longestStop)
  })

  it('runs both pods with one image, and as the user in the Dockerfile', () => {
    assert.equal(served.containers[0].image, migrated.containers[0].image)
    for (const { securityContext } of pods)
      assert.match(readDeployFile('Dockerfile'), new RegExp(`^USER ${securityContext.runAsUser}:`, 'm'))
  })

  it('is accepted by kubectl kustomize', async function () {
    const built = await run('kubectl', ['kustomize', join(root, 'deploy/kubernetes')]).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip(this, 'kubectl is not installed')
      throw error
    })
    const kinds = parseAllDocuments(built.stdout).map((document) => (document.toJS() as Manifest).kind)
    assert.deepEqual(kinds.sort(), ['ConfigMap', 'Deployment', 'Namespace', 'PodDisruptionBudget', 'Service'])
  })
})
