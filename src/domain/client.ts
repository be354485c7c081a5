/**
 * The client of a request: its address, read by trusted proxies only, and its User-Agent, cleaned (security 57, 79).
 */
export type Client = { ipAddress: string; userAgent: string }

/** The client of a request that may have to wait; `signal` is aborted when the client closes the connection. */
export type Requester = { client: Pick<Client, 'ipAddress'>; signal?: AbortSignal }

/** A requester whose User-Agent is known, too. */
export type Caller = Requester & { client: Client }
