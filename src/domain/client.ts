/**
 * The client of a request. Only a trusted proxy can report another IP address than that of the connection. Its
 * User-Agent has no invisible characters (security 57, 79).
 */
export type Client = { ipAddress: string; userAgent: string }

/**
 * The client of a request that may have to wait for its turn. `signal` is aborted when the client closes the
 * connection.
 */
export type Requester = { client: Pick<Client, 'ipAddress'>; signal?: AbortSignal }

/** A client of a request, with its User-Agent. */
export type Caller = Requester & { client: Client }
