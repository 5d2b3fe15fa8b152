/** A client of HTTP/2 that trusts one certificate. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'

export interface Http2Response {
  readonly headers: Record<string, string | string[] | undefined>
  readonly status: number
  readonly body: Buffer
}

export class Http2Client implements Disposable {
  readonly session: ClientHttp2Session
  /** The last stream that the server says it takes, of each goodbye that it said. */
  readonly goodbyes: number[] = []
  readonly closed: Promise<void>

  constructor(url: string, ca: string, localAddress = '127.0.0.1') {
    // What is TLS's is passed on to it, whatever the types know of that.
    const options: SecureClientSessionOptions & { localAddress: string } = {
      ...{ ca, localAddress, maxSendHeaderBlockLength: 1_000_000 },
    }
    this.session = connect(url, options)
    this.session.on('error', () => {})
    this.session.on('goaway', (_, last) => this.goodbyes.push(last ?? 0))
    this.closed = new Promise((resolve) => this.session.on('close', resolve))
  }

  /** Begins a request; what it sends is the caller's. */
  open(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    return this.session.request(headers)
  }

  /** Makes a request whole and reads its response; rejects with the stream's error where that is cut off. */
  async request(headers: OutgoingHttpHeaders, body?: string | Uint8Array): Promise<Http2Response> {
    return read(this.open(headers).end(body))
  }

  [Symbol.dispose](): void {
    this.session.destroy()
  }
}

/** Reads the response of a stream. */
export function read(stream: ClientHttp2Stream): Promise<Http2Response> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let headers: Http2Response['headers'] = {}
    stream.on('response', (fields) => {
      headers = fields as Http2Response['headers']
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('close', () => {
      const status = Number(headers[':status'])
      if (stream.rstCode === 0 && status > 0) resolve({ headers, status, body: Buffer.concat(chunks) })
      else reject(new Error(`the stream was closed with ${stream.rstCode}`))
    })
  })
}
