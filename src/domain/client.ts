/** Who asks: the address by the trusted proxies alone, the device as it names itself, cleaned (security 57, 79). */
export type Client = { ipAddress: string; userAgent: string }

/** A client that can be told, by header fields of a successful answer, where its limit is. */
export type Asker = { client: Client; tell: (headers: Record<string, string>) => void }
