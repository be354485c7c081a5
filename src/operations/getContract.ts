import type { OperationContext, Reply } from './context.ts'

export function getContract({ services }: OperationContext<'getContract'>): Promise<Reply<'getContract'>> {
  const headers = { 'Cache-Control': 'public, max-age=300' }
  return Promise.resolve({ status: 200, headers, type: 'text/plain', body: services.contractFiles.yaml })
}
