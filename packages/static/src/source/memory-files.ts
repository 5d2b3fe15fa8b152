import { type Awaitable, chain } from '@tsgi/core'
import { describe } from '@tsgi/core/options'
import type { FileSource, SourceFile } from './file-source.ts'

/**
 * Creates a source of files in memory, for tests and for runtimes without a file system. Each file has a strong `ETag`: the
 * SHA-256 digest of its content.
 *
 * @param files The contents by path, such as `assets/app.js`. Text is sent as UTF-8, bytes are copied.
 * @throws TypeError if a path is not relative, or a content is neither text nor bytes.
 *
 * @example
 * ```ts
 * import { text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { memoryFiles, staticFiles } from '@tsgi/static'
 *
 * const files = memoryFiles({ 'index.html': '<h1>Hello</h1>', 'assets/app.js': 'alert(1)' })
 * const web = client(staticFiles(files)(() => text('no such file')))
 * const page = await web.get('/')
 * await page.text() // => '<h1>Hello</h1>'
 * const script = await web.get('/assets/app.js')
 * script.headers.get('content-type') // => 'text/javascript; charset=utf-8'
 * ```
 */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): FileSource {
  const byPath = new Map<string, MemoryFile>()
  for (const [path, content] of Object.entries(files)) {
    if (path.split('/').some((segment) => /^\.{0,2}$|[\\\0]/.test(segment))) {
      throw new TypeError(`memoryFiles: a path must be like 'assets/app.js', got ${describe(path)}`)
    }
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
      throw new TypeError(`memoryFiles: '${path}' must be text or a Uint8Array, got ${describe(content)}`)
    }
    byPath.set(path, new MemoryFile(content))
  }
  return {
    find: (segments) => byPath.get(segments.join('/'))?.tagged(),
  }
}

class MemoryFile implements SourceFile {
  readonly size: number
  readonly #bytes: Uint8Array<ArrayBuffer>
  #etag: Awaitable<string> | undefined

  constructor(content: string | Uint8Array) {
    this.#bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    this.size = this.#bytes.length
  }

  get etag(): string | undefined {
    return typeof this.#etag === 'string' ? this.#etag : undefined
  }

  /** Returns the file once it has its tag. Some runtimes do not allow asynchronous work during startup. */
  tagged(): Awaitable<this> {
    this.#etag ??= digest(this.#bytes).then((etag) => {
      this.#etag = etag
      return etag
    })
    return chain(this.#etag, () => this)
  }

  read(start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, end)
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes)
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)))
  // 27 characters of base64url are 162 bits.
  return `"${text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 27)}"`
}
