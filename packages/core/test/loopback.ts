/** A gateway without a transport, which keeps what it would send. */
import { EventEmitter } from 'node:events'
import type { Application } from '../src/contract/application.ts'
import {
  BaseExchange,
  createEnviron,
  type ExchangeOptions,
  exchangeSettings,
  handleRequest,
  type ResponsePlan,
  type ResponseWriter,
  specVersion,
} from '../src/gateway.ts'

/** Takes every chunk, but no further ones for a moment after `full`. */
export class LoopbackOutlet extends EventEmitter {
  readonly #log: string[]

  constructor(log: string[]) {
    super()
    this.#log = log
  }

  write(chunk: Uint8Array | string): boolean {
    const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
    this.#log.push(text)
    if (text !== 'full') return true
    setTimeout(() => this.emit('drain'), 1)
    return false
  }
}

export interface LoopbackOptions extends ExchangeOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  /** Whether a trusted proxy has forwarded the request. */
  readonly isForwarded?: boolean
}

export class LoopbackExchange extends BaseExchange implements ResponseWriter {
  readonly scheme = 'http'
  readonly host = 'localhost'
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress = '192.0.2.1'
  readonly settings
  readonly gateway
  readonly environ
  protected override readonly isForwarded: boolean
  /** What was written, in order. */
  readonly log: string[] = []
  /** The plan of the response that was sent. */
  plan: ResponsePlan | undefined
  /** What was reported to `errors`. */
  readonly reported: unknown[] = []
  outlet: LoopbackOutlet = new LoopbackOutlet(this.log)
  readonly #fields: Record<string, string>
  readonly #over = Promise.withResolvers<void>()

  constructor({ method = 'GET', headers = {}, isForwarded = false, ...options }: LoopbackOptions = {}) {
    super()
    this.isForwarded = isForwarded
    const errors = { write: (problem: unknown) => void this.reported.push(problem) }
    this.settings = exchangeSettings('loopback', () => {}, { errors, ...options })
    const stopping = this.settings.stopping.signal
    this.gateway = {
      name: 'loopback',
      version: '1',
      specVersion,
      multiprocess: false,
      stopping,
      native: null,
    }
    this.environ = createEnviron(this, { method, pathInfo: '/', queryString: '' })
    this.#fields = headers
  }

  /** Settles when the response has ended, or was cut off. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  protected makeHeaders(): Headers {
    return new Headers(this.#fields)
  }

  protected openBody(): null {
    return null
  }

  writeWhole(plan: ResponsePlan, body: string | Uint8Array | null): void {
    this.plan = plan
    const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
    this.log.push(`whole ${plan.status} ${text}`)
    this.#over.resolve()
  }

  writeHead(plan: ResponsePlan, isAlone: boolean): void {
    this.plan = plan
    this.log.push(isAlone ? 'head alone' : 'head')
  }

  writeEnd(): void {
    this.log.push('end')
    this.#over.resolve()
  }

  stalled(isStalled: boolean): void {
    this.log.push(isStalled ? 'stalled' : 'goes on')
  }

  cutOff(): void {
    this.log.push('cut off')
    this.#over.resolve()
  }
}

/** Answers one request, and resolves when the response is over. */
export async function answered(
  app: Application | Response,
  options?: LoopbackOptions,
): Promise<LoopbackExchange> {
  const exchange = new LoopbackExchange(options)
  handleRequest(typeof app === 'function' ? app : () => app, exchange)
  await exchange.over
  return exchange
}
