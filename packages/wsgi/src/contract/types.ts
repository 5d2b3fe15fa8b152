/** PEP 3333's environ: a plain object with CGI's names, which the application may change as it likes. */
export interface WsgiEnviron {
  REQUEST_METHOD: string
  /** The part of the path that mounts have consumed, percent-decoded, one character a byte. */
  SCRIPT_NAME: string
  /** The rest of the path, percent-decoded, one character a byte. */
  PATH_INFO: string
  QUERY_STRING: string
  CONTENT_TYPE?: string
  CONTENT_LENGTH?: string
  SERVER_NAME: string
  SERVER_PORT: string
  SERVER_PROTOCOL: string
  'wsgi.version': readonly [1, 0]
  'wsgi.url_scheme': 'http' | 'https'
  'wsgi.input': WsgiInput
  'wsgi.errors': WsgiErrors
  'wsgi.multithread': boolean
  'wsgi.multiprocess': boolean
  'wsgi.run_once': boolean
  /** A field of the request; several fields of one name are joined by a comma. */
  [header: `HTTP_${string}`]: string
  [variable: string]: unknown
}

/**
 * `wsgi.input`: the body of the request. What blocks in Python returns a promise here, and lines are iterated with
 * `for await`; otherwise the methods are Python's.
 */
export interface WsgiInput extends AsyncIterable<Uint8Array> {
  /** `size` bytes, fewer only at the end; all that is left without `size`. Empty at the end. */
  read(size?: number): Promise<Uint8Array>
  /** A line with its line feed, at most `size` bytes of it. Empty at the end. */
  readline(size?: number): Promise<Uint8Array>
  /** The lines that are left; with `hint`, no more of them than make `hint` bytes. */
  readlines(hint?: number): Promise<Uint8Array[]>
}

/** `wsgi.errors`: where problems are reported, as text. */
export interface WsgiErrors {
  write(text: string): void
  writelines(lines: Iterable<string>): void
  flush(): void
}

/** The body: blocks of bytes. `close()` is called once, however the request ended; an iterator's `return()` too. */
export type Blocks = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & {
  close?(): void | Promise<void>
}

/** The header fields of a response, name and value each. */
export type WsgiHeaders = [name: string, value: string][]

/**
 * Sends a block as though it had been yielded, for what cannot yield. It throws at once where the block may not be
 * sent; its promise is fulfilled when the client has room for more, and rejected when the client has left.
 */
export type Write = (block: Uint8Array) => Promise<void>

/**
 * Begins the response. `excInfo` is what was caught: with it, a response that was begun but not sent is replaced, and
 * one that was sent is aborted by throwing `excInfo` again.
 */
export type StartResponse = (status: string, headers: WsgiHeaders, excInfo?: unknown) => Write

/**
 * PEP 3333's application: a callable of two arguments. It may be asynchronous, and may return any iterable of bytes,
 * an asynchronous one too.
 *
 * Source: PEP 3333, "The Application/Framework Side".
 */
export type WsgiApplication = (environ: WsgiEnviron, startResponse: StartResponse) => Blocks | Promise<Blocks>
