import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { requestText, sendRaw } from './support/raw.ts'

const app = 'https://app.example.com'
const verify = '/api/v1/auth/token/verify/'

describe('the hint about an origin that is not in CORS_ORIGINS', () => {
  for (const settings of [{}, { CORS_ORIGINS: app }])
    describe(settings.CORS_ORIGINS === undefined ? 'without CORS_ORIGINS' : 'with CORS_ORIGINS', () => {
      let service: TestService
      let lines: string[]
      beforeEach(async () => {
        lines = []
        service = await TestService.start(
          { HOST_FOR_SEND_MAIL: '', ...settings },
          { onLog: (line) => lines.push(line) },
        )
      })
      afterEach(() => service.stop())

      const call = async (Origin: string, Host = new URL(service.url).host) =>
        sendRaw(service.url, requestText('OPTIONS', verify, { Origin, Host, 'Access-Control-Request-Method': 'POST' }))
      const hints = () =>
        lines
          .map((line) => JSON.parse(line) as { level: number; msg: string })
          .filter(({ level, msg }) => level === 40 && msg.includes('CORS_ORIGINS'))
          .map(({ msg }) => msg)

      it('is logged once for each origin', async () => {
        for (const origin of ['http://localhost:9101', 'http://localhost:9101', 'https://other.example'])
          await call(origin)
        assert.equal(hints().length, 2)
        assert.ok(hints()[0]?.includes('http://localhost:9101'))
        assert.ok(hints()[1]?.includes('https://other.example'))
      })

      it('is not logged for the service’s own origins, a listed one, or no origin', async () => {
        const { port } = new URL(service.url)
        await call(`http://localhost:${port}`)
        await call(`http://127.0.0.1:${port}`)
        await call('https://accounts.example', 'accounts.example')
        for (const text of [
          'null',
          '',
          'x',
          'https://a.example/',
          'https://a.example\tb',
          `https://${'a'.repeat(400)}.example`,
        ])
          await call(text)
        if (settings.CORS_ORIGINS !== undefined) await call(app)
        assert.deepEqual(hints(), [])
      })

      it('is logged for at most 20 origins', async () => {
        for (let number = 0; number < 30; number++) await call(`https://app${number}.example`)
        assert.equal(hints().length, 20)
      })
    })
})
