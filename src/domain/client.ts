/** Who asks: the address by the trusted proxies alone, the device as it names itself, cleaned (security 57, 79). */
export type Client = { ipAddress: string; userAgent: string }

/** The client of a request that may have to wait; `signal` is aborted when the client closes the connection. */
export type Requester = { client: Pick<Client, 'ipAddress'>; signal?: AbortSignal }

/** The client of a request whose device is known, too. */
export type Caller = Requester & { client: Client }
