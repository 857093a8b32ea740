/** Whether a client that sent this `Accept-Encoding` takes gzip (RFC 9110: named or `*`, and not with q=0). */
export function acceptsGzip(header: string | undefined): boolean {
  const qualities = new Map(
    (header ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, quality === undefined ? 1 : Number(quality.slice(2))] as const
    }),
  )
  return (qualities.get('gzip') ?? qualities.get('x-gzip') ?? qualities.get('*') ?? 0) > 0
}

/** Browsers name `text/html` when they go to a page; curl and scripts do not. */
export function acceptsHtml(header: string | undefined): boolean {
  return (header ?? '').toLowerCase().includes('text/html')
}
