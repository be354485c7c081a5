/** Returns the query of a list with these filters, without empty values. A list with other filters starts from its first page. */
export function filterQuery(values: Record<string, string>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value.trim() !== ''))
  return query.size === 0 ? '' : `?${query}`
}

/** Makes the parameters of a log from the query of its page, whose dates are days in the user's time zone. */
export function readLogQuery(search: string) {
  const query = new URLSearchParams(search)
  const timeOf = (name: string, time: string) => {
    const date = new Date(`${query.get(name)}T${time}`)
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
  }
  return {
    timestamp_after: timeOf('from', '00:00:00'),
    timestamp_before: timeOf('to', '23:59:59.999'),
    ip_address: query.get('ip_address') ?? undefined,
    user_agent: query.get('user_agent') ?? undefined,
    cursor: query.get('cursor') ?? undefined,
  }
}
