import { Duplex } from 'node:stream'

/** A connection in memory with one request in flight. */
export class MemorySocket extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly localAddress = '127.0.0.1'
  readonly remoteFamily = 'IPv4'
  readonly remotePort = 50_000
  readonly localPort = 8000
  bytesRead = 0
  bytesWritten = 0
  onResponse: (() => void) | undefined

  constructor() {
    super({ decodeStrings: false })
  }

  send(request: Buffer): void {
    this.bytesRead += request.length
    this.push(request)
  }

  override _read(): void {}

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.bytesWritten += chunk.length
    done()
    const start = chunk.slice(0, 10).toString()
    if (!start.startsWith('HTTP/1.1 ')) return
    if (!start.startsWith('HTTP/1.1 2')) throw new Error(String(chunk))
    this.onResponse?.()
  }

  override _writev(chunks: { chunk: string | Buffer; encoding: string }[], done: () => void): void {
    for (const { chunk, encoding } of chunks) this._write(chunk, encoding, () => {})
    done()
  }

  setTimeout(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
}
