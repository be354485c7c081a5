/** Who asks: the address by the trusted proxies alone, the device as it names itself, cleaned (security 57, 79). */
export type Client = { ipAddress: string; userAgent: string }

/** The client of a request that may have to wait; `signal` is aborted when the client closes the connection. */
export type Requester = { client: Pick<Client, 'ipAddress'>; signal?: AbortSignal }

/** A client that can be told, by header fields of a successful answer, where its limit is. */
export type Caller = Requester & { client: Client; tell: (headers: Record<string, string>) => void }
