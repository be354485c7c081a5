import type { OperationContext, Reply } from './context.ts'

export function getContractJson({ services }: OperationContext<'getContractJson'>): Promise<Reply<'getContractJson'>> {
  return Promise.resolve({
    status: 200,
    headers: { 'Cache-Control': 'public, max-age=300' },
    type: 'application/json',
    body: services.contractFiles.json,
  })
}
