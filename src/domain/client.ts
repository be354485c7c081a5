/**
 * The client of a request. Its IP address may be reported only by trusted proxies. Its User-Agent has no invisible
 * characters (security 57, 79).
 */
export type Client = { ipAddress: string; userAgent: string }

/**
 * The client of a request that may have to wait for its turn. `signal` is aborted when the client closes the
 * connection.
 */
export type Requester = { client: Pick<Client, 'ipAddress'>; signal?: AbortSignal }

/** A requester whose User-Agent is known, too. */
export type Caller = Requester & { client: Client }
