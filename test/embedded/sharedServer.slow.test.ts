import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { startEmbedded } from '../../src/embedded/embedded.ts'
import { readOrCreatePasswordFile } from '../../src/embedded/passwordFile.ts'
import { ask, end, launch, assertRefused, serverPid, start, useCluster, useDataDir } from './support/embedded.ts'

describe('the embedded database', () => {
  let dataDir: string
  useDataDir((folder) => {
    dataDir = folder
  })
  /** Copies a finished cluster to DATA_DIR, for tests that are not about its creation. */
  const fill = useCluster(() => dataDir)

  describe('a server that several processes use', () => {
    it('survives a kill -9 of the service, and is used by the next service', async () => {
      fill()
      const { child, report } = launch(dataDir, { address: 'http://127.0.0.1:8000' })
      const first = await report
      await ask(first.url, 'create table kept as select 7 as number')
      const pid = await serverPid(dataDir)
      await end(child, 'SIGKILL')
      assert.equal(await serverPid(dataDir), pid)
      const second = await start(dataDir)
      assert.equal(second.url, first.url)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is started again after a kill -9 of the server itself', async () => {
      fill()
      const first = await startEmbedded(dataDir)
      await ask(first.url, 'create table kept as select 7 as number')
      process.kill((await serverPid(dataDir)) ?? assert.fail('no server'), 'SIGKILL')
      await first.stop()
      const second = await start(dataDir)
      assert.deepEqual(await ask(second.url, 'select number from kept'), [{ number: 7 }])
      await second.stop()
    })

    it('refuses a second service, and names the first one', async () => {
      fill()
      const { child, report } = launch(dataDir, { address: 'http://127.0.0.1:8000' })
      const { url } = await report
      const sentence = `Another Gatehouse already runs on ${dataDir} (process ${child.pid ?? '?'}, http://127.0.0.1:8000): stop it`
      await assertRefused(start(dataDir), sentence, 'give this one a DATA_DIR and PORT of its own.')
      await ask(url, 'select 1')
      await end(child, 'SIGTERM')
      await (await start(dataDir)).stop()
    })

    it('refuses a second service even after the first one lost its connection', async () => {
      fill()
      const db = await start(dataDir)
      await ask(
        db.url,
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse service %'`,
      )
      await sleep(500)
      await assertRefused(start(dataDir), 'Another Gatehouse already runs')
      await db.stop()
    })

    it('serves a command while a service uses it', async () => {
      fill()
      const service = await start(dataDir)
      const command = await start(dataDir, { role: 'command' })
      assert.equal(command.url, service.url)
      await command.stop()
      await ask(service.url, 'select 1')
      await service.stop()
    })

    it('serves commands without a service, and stops with the last command', async () => {
      fill()
      const first = await start(dataDir, { role: 'command' })
      const second = await start(dataDir, { role: 'command' })
      await first.stop()
      await ask(second.url, 'select 1')
      await Promise.all([second.stop(), start(dataDir, { role: 'command' }).then((third) => third.stop())])
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is not stopped by a command while another client uses it', async () => {
      fill()
      const command = await start(dataDir, { role: 'command' })
      const client = new Client({ connectionString: command.url })
      await client.connect()
      await command.stop()
      assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }])
      await client.end()
    })

    it('is stopped by its service, even while other clients use it', async () => {
      fill()
      const service = await start(dataDir)
      const client = new Client({ connectionString: service.url })
      const lost = new Promise((resolve) => client.on('error', resolve))
      await client.connect()
      const command = await start(dataDir, { role: 'command' })
      await service.stop()
      await lost
      assert.equal(await serverPid(dataDir), undefined)
      await command.stop()
    })

    it('is not used by a new process while another process is about to stop it', async () => {
      fill()
      const { child, report } = launch(dataDir, { role: 'command' })
      const stopping = new Client({ connectionString: (await report).url.replace(/gatehouse$/, 'postgres') })
      await end(child, 'SIGKILL')
      await stopping.connect()
      await stopping.query('select pg_advisory_lock(1734440037, 0)')
      const joined = start(dataDir)
      assert.equal(await Promise.race([joined, sleep(400, 'waiting')]), 'waiting')
      await stopping.end()
      await (await joined).stop()
    })

    it('is stopped by a command if its service was killed', async () => {
      fill()
      const { child, report } = launch(dataDir)
      await report
      await end(child, 'SIGKILL')
      await (await start(dataDir, { role: 'command' })).stop()
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('is started again by a service if a command is stopping it at that moment', async () => {
      fill()
      for (let round = 0; round < 8; round++) {
        const command = await start(dataDir, { role: 'command' })
        const stopping = command.stop()
        await sleep(round * 3)
        const service = await start(dataDir)
        await stopping
        await ask(service.url, 'select 1')
        await service.stop()
      }
    })

    it('is started once by several simultaneous commands', async () => {
      fill()
      const all = await Promise.all([1, 2, 3, 4].map(() => start(dataDir, { role: 'command' })))
      assert.equal(new Set(all.map(({ url }) => url)).size, 1)
      await Promise.all(all.map((db) => db.stop()))
      assert.equal(await serverPid(dataDir), undefined)
    })

    it('has one password if several processes create it at the same time', async () => {
      await mkdir(dataDir)
      const claims = await Promise.all(Array.from({ length: 20 }, () => readOrCreatePasswordFile(dataDir)))
      claims.push(await readOrCreatePasswordFile(dataDir))
      assert.equal(new Set(claims.map(({ password }) => password)).size, 1)
      assert.deepEqual(await readdir(dataDir), ['postgres.json'])
    })

    it('has one cluster after several simultaneous first starts', async () => {
      const all = [1, 2, 3].map(() => launch(dataDir, { role: 'command' }).report)
      const urls = new Set((await Promise.all(all)).map(({ url, message }) => url || message))
      assert.equal(urls.size, 1, [...urls].join(' '))
      assert.deepEqual((await readdir(dataDir)).sort(), ['postgres', 'postgres.json', 'postgres.log'])
      await ask([...urls][0] ?? '', 'select 1')
    })
  })
})
