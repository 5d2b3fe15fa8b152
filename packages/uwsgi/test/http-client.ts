/** An HTTP client that does not normalize paths and reports how a response ended. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Whether the response is complete according to its framing. */
  readonly complete: boolean
}

export interface AskInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

export async function ask(port: number, path: string, init: AskInit = {}): Promise<Answer> {
  return (await open(port, path, init)).answer
}

/** A request whose response has begun. */
export interface Opened {
  readonly sent: ClientRequest
  /** Waits for this text. */
  received(text: string): Promise<void>
  readonly answer: Promise<Answer>
}

export function open(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: AskInit = {},
): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const fields = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ])
    const options = {
      port,
      host: '127.0.0.1',
      path,
      method,
      headers: Object.fromEntries(fields),
      agent: false,
    }
    const sent = request(options, (incoming) => {
      let text = ''
      let wake = () => {}
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        text += chunk.toString('latin1')
        wake()
      })
      incoming.on('error', () => {})
      const answer = new Promise<Answer>((resolve) => {
        incoming.on('close', () =>
          resolve({
            status: incoming.statusCode!,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
            complete: incoming.complete,
          }),
        )
      })
      const received = async (wanted: string) => {
        while (!text.includes(wanted)) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
      resolve({ sent, received, answer })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
