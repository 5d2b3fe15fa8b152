import { type IncomingHttpHeaders, request } from 'node:http'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Whether the body ended before its announced length. */
  readonly isCutOff: boolean
}

/** Sends a request on a connection of its own, with the path unchanged. */
export function send(
  address: string,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('error', () => {})
      incoming.on('close', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({
          status: incoming.statusCode!,
          headers: incoming.headers,
          body,
          isCutOff: !incoming.complete,
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
