import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Environ } from '@tsgi/core'
import type { ConnectRequest } from './contract.ts'

const made = new WeakSet<object>()

/** The request of an environ as Node's, the same one for every middleware that the environ passes. */
export function incomingOf(environ: Environ & { connect?: unknown }): ConnectRequest {
  const { connect } = environ
  if (
    typeof connect === 'object' &&
    connect !== null &&
    'req' in connect &&
    made.has(connect.req as object)
  ) {
    return connect.req as ConnectRequest
  }
  return makeIncoming(environ)
}

/** The request target that a middleware at this place sees: without what mounts have taken. */
export function innerUrl({ method, scriptName, pathInfo, queryString }: Environ): string {
  if (method === 'OPTIONS' && scriptName === '' && pathInfo === '') return '*'
  return `${pathInfo || '/'}${queryString === '' ? '' : `?${queryString}`}`
}

function makeIncoming(environ: Environ): ConnectRequest {
  const { method, scriptName, protocol } = environ
  const incoming = new IncomingMessage(socketOf(environ))
  const [major = '1', minor = '0'] = protocol.slice('HTTP/'.length).split('.')
  const url = innerUrl(environ)
  const fields = fieldsOf(environ)
  Object.assign(incoming, {
    method,
    url,
    originalUrl: url === '*' ? url : scriptName + url,
    httpVersion: `${major}.${minor}`,
    httpVersionMajor: Number(major),
    httpVersionMinor: Number(minor),
    rawHeaders: fields.flat(),
    headers: Object.fromEntries(fields),
    headersDistinct: Object.fromEntries(fields.map(([name, value]) => [name, [value]])),
    _read: reading(incoming, environ),
  })
  made.add(incoming)
  return incoming as ConnectRequest
}

/** A socket that leads nowhere, and says of the connection what the gateway says. */
function socketOf({ remoteAddress, scheme }: Environ): Socket {
  const socket = new Socket()
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    encrypted: { value: scheme === 'https' },
  })
  return socket
}

function fieldsOf(environ: Environ): [name: string, value: string][] {
  const { headers, host } = environ
  const fields: [string, string][] = headers.has('host') ? [...headers] : [['host', host], ...headers]
  const isFramed = headers.has('content-length') || headers.has('transfer-encoding')
  // How a middleware knows that there is a body whose length nobody has said.
  if (!isFramed && mayHaveBody(environ) && environ.request.body !== null) {
    fields.push(['transfer-encoding', 'chunked'])
  }
  return fields
}

function mayHaveBody({ method }: Environ): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** Reads the body when the middleware does. An application inside finds it read then. */
function reading(incoming: IncomingMessage, environ: Environ): () => Promise<void> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return async function read() {
    // Node's own has its state to keep; from the socket it gets nothing.
    IncomingMessage.prototype._read.call(incoming, 0)
    try {
      reader ??= mayHaveBody(environ) ? environ.request.body?.getReader() : undefined
      let block = await reader?.read()
      while (block?.value?.byteLength === 0) block = await reader?.read()
      if (block?.value !== undefined) {
        incoming.push(block.value)
        return
      }
      incoming.complete = true
      incoming.push(null)
    } catch (error) {
      incoming.destroy(error as Error)
    }
  }
}
