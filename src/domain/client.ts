/** Who asks: the address by the trusted proxies alone, the device as it names itself, cleaned (security 57, 79). */
export type Client = { ipAddress: string; userAgent: string }
