import { IncomingMessage } from 'node:http'
import { type Environ, HttpError } from '@tsgi/core'
import { guardListeners } from './listeners.ts'
import { nativeRequestOf, RequestSocket } from './socket.ts'

/** Node's request, created from an environ. */
export class NodeRequest extends IncomingMessage {
  declare readonly socket: RequestSocket
  readonly originalUrl: string
  /** The prefix of the mounts around it, as in Express. */
  baseUrl = ''
  #exchangeEnded = false

  constructor(environ: Environ) {
    super(new RequestSocket(environ))
    const { method, scriptName, protocol } = environ
    const [major = '1', minor = '0'] = protocol.slice('HTTP/'.length).split('.')
    const fields = fieldsOf(environ)
    const rawFields = rawFieldsOf(environ, new Set(fields.map(([name]) => name))) ?? fields
    this.method = method
    this.url = innerUrl(environ)
    this.originalUrl = this.url === '*' ? '*' : scriptName + this.url
    this.httpVersion = `${major}.${minor}`
    this.httpVersionMajor = Number(major)
    this.httpVersionMinor = Number(minor)
    this.rawHeaders = rawFields.flat()
    this.headers = Object.fromEntries(fields)
    this.headersDistinct = distinct(rawFields)
    // Own properties, because Express replaces the prototype.
    Object.assign(this, {
      _read: bodyReader(this, environ),
      _destroy: (error: Error | null, callback: (error?: Error | null) => void) =>
        this.#destroy(error, callback),
    })
    this.socket.request = this
    guardListeners(this, this.socket.failListener)
    environ.finished.then(({ aborted }) => this.#close(aborted))
  }

  #close(isAborted: boolean): void {
    if (isAborted) {
      this.socket.failure ??= new HttpError(499, 'The client disconnected.')
      this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    } else {
      this.#exchangeEnded = true
      this.destroy()
    }
    this.socket.destroy()
  }

  #destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#exchangeEnded && (!this.readableEnded || !this.complete)) {
      this.aborted = true
      this.emit('aborted')
      // Later, so that an error listener can respond.
      setImmediate(() => this.socket.destroy(error ?? undefined))
    }
    // Like Node, emits the error only if somebody listens.
    process.nextTick(() => callback(this.listenerCount('error') === 0 ? null : error))
  }
}

/** Returns the request target at this place in the stack, without the prefix of the mounts around it. */
export function innerUrl({ method, scriptName, pathInfo, queryString }: Environ): string {
  if (method === 'OPTIONS' && scriptName === '' && pathInfo === '') return '*'
  return `${pathInfo || '/'}${queryString === '' ? '' : `?${queryString}`}`
}

type Field = readonly [name: string, value: string]

const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

function fieldsOf(environ: Environ): Field[] {
  const { headers, host } = environ
  const fields: Field[] = headers.has('host') ? [...headers] : [['host', host], ...headers]
  // The Fetch standard allows no body with GET and HEAD, so middleware must not expect one.
  if (!canHaveBody(environ)) return fields.filter(([name]) => !FRAMING.has(name))
  const isFramed = headers.has('content-length') || headers.has('transfer-encoding')
  // Tells middleware that there is a body of unknown length.
  if (!isFramed && environ.request.body !== null) fields.push(['transfer-encoding', 'chunked'])
  return fields
}

/** The fields as the client sent them, if the gateway is Node's, without those that outer layers have removed. */
function rawFieldsOf(environ: Environ, names: ReadonlySet<string>): Field[] | undefined {
  const raw = nativeRequestOf(environ)?.rawHeaders
  if (raw === undefined) return undefined
  const fields: Field[] = []
  for (let at = 0; at < raw.length; at += 2) {
    if (names.has(raw[at]!.toLowerCase())) fields.push([raw[at]!, raw[at + 1]!])
  }
  return fields
}

function distinct(fields: readonly Field[]): Record<string, string[]> {
  const groups = Map.groupBy(fields, ([name]) => name.toLowerCase())
  return Object.fromEntries([...groups].map(([name, group]) => [name, group.map(([, value]) => value)]))
}

function canHaveBody({ method }: Environ): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** Returns an implementation of `_read` that reads the body of the environ when the middleware does. */
function bodyReader(request: NodeRequest, environ: Environ): () => Promise<void> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  if (!canHaveBody(environ)) request.complete = true
  return async function read() {
    // Node's implementation updates its state; it reads nothing from this socket.
    IncomingMessage.prototype._read.call(request, 0)
    try {
      reader ??= canHaveBody(environ) ? openBody(environ) : undefined
      let block = await reader?.read()
      while (block?.value?.byteLength === 0) block = await reader?.read()
      request.socket.refreshTimeout()
      if (block?.value !== undefined) {
        request.push(block.value)
        return
      }
      request.complete = true
      request.push(null)
    } catch (error) {
      request.destroy(error as Error)
    }
  }
}

function openBody({ request }: Environ): ReadableStreamDefaultReader<Uint8Array> | undefined {
  if (request.bodyUsed) throw new Error('The request body was read before it reached the middleware')
  return request.body?.getReader()
}
