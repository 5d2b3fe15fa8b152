/** One request and the response that every contender must send. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { gunzipSync } from 'node:zlib'

export interface Exchange {
  /** Default: `GET`. */
  method?: string
  /** Starts with `/`. */
  path: string
  headers?: Record<string, string>
  body?: string
  /** The expected response. */
  answer: Expected
}

export interface Expected {
  status: number | ((status: number) => boolean)
  /** The media type without parameters. */
  type?: string
  headers?: Record<string, string | RegExp>
  /** The whole body after gzip is removed, or a function that describes what is wrong with one. */
  body?: string | ((body: string) => string | undefined)
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** Sends one request on its own connection. */
export function send(
  port: number,
  { method = 'GET', path, headers = {}, body }: Omit<Exchange, 'answer'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, ...lengthOf(body) }, agent: false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/**
 * Sends each request once.
 *
 * @throws Error that describes the first response that is not as expected.
 */
export async function check(contender: string, port: number, exchanges: readonly Exchange[]): Promise<void> {
  for (const exchange of exchanges) {
    const wrong = difference(await send(port, exchange), exchange.answer)
    if (wrong !== undefined)
      throw new Error(`${contender} answers ${exchange.method ?? 'GET'} ${exchange.path} with ${wrong}`)
  }
}

/** Describes what is wrong with a response. Returns undefined if nothing is. */
export function difference(answer: Answer, expected: Expected): string | undefined {
  const { status, headers } = answer
  const rightStatus =
    typeof expected.status === 'function' ? expected.status(status) : status === expected.status
  if (!rightStatus) return `status ${status}: ${answer.body}`
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (expected.type !== undefined && type !== expected.type)
    return `content type ${type}, not ${expected.type}`
  for (const [name, value] of Object.entries(expected.headers ?? {}))
    if (value instanceof RegExp ? !value.test(String(headers[name])) : headers[name] !== value)
      return `${name}: ${headers[name]}, not ${value}`
  const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : answer.body).toString()
  if (typeof expected.body === 'function') return expected.body(body)
  if (expected.body !== undefined && body !== expected.body)
    return `the body ${JSON.stringify(body)}, not ${JSON.stringify(expected.body)}`
  return undefined
}

function lengthOf(body: string | undefined): Record<string, number> {
  return body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
}
