import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificates = { folder: string; path: (name: string) => string }

/** Makes certificates of authorities, servers and a client. @returns undefined if openssl is not installed */
export function makeCertificates(): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificates-'))
  const path = (name: string) => join(folder, name)
  try {
    for (const authority of ['ca', 'other']) {
      const files = ['-keyout', path(`${authority}.key`), '-out', path(`${authority}.pem`)]
      openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${authority}`, ...files)
    }
    for (const [name, subject, names] of [
      ['server', 'localhost', 'DNS:localhost'],
      ['renamed', 'db.example.com', 'DNS:db.example.com'],
      ['client', 'gh', 'DNS:client'],
    ] as const) {
      writeFileSync(path('names'), `subjectAltName=${names}\n`)
      const [key, request, pem] = [path(`${name}.key`), path(`${name}.csr`), path(`${name}.pem`)]
      openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${subject}`, '-keyout', key, '-out', request)
      const signer = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('names')]
      openssl('x509', '-req', '-days', '2', '-in', request, '-out', pem, ...signer)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return { folder, path }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
