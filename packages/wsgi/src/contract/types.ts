/** The environ of PEP 3333: a plain object with the variables of CGI. The application can change it. */
export interface WsgiEnviron {
  REQUEST_METHOD: string
  /** The prefix under which the application is mounted, percent-decoded, one character per byte. */
  SCRIPT_NAME: string
  /** The rest of the path, percent-decoded, one character per byte. */
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
  /** A header field of the request. Repeated fields are joined with commas. */
  [header: `HTTP_${string}`]: string
  [variable: string]: unknown
}

/**
 * `wsgi.input`: the request body. The methods are Python's, but return promises. Use `for await` to iterate over the
 * lines.
 */
export interface WsgiInput extends AsyncIterable<Uint8Array> {
  /** Reads `size` bytes, or fewer at the end; without `size`, everything. Resolves to no bytes at the end. */
  read(size?: number): Promise<Uint8Array>
  /** Reads a line with its line feed, but at most `size` bytes. Resolves to no bytes at the end. */
  readline(size?: number): Promise<Uint8Array>
  /** Reads the remaining lines; with `hint`, stops after the line that reaches `hint` bytes in total. */
  readlines(hint?: number): Promise<Uint8Array[]>
}

/** `wsgi.errors`: a text stream for error messages. */
export interface WsgiErrors {
  write(text: string): void
  writelines(lines: Iterable<string>): void
  flush(): void
}

/**
 * The response body: an iterable of byte blocks. The server calls `close()` once, however the request ends, and
 * `return()` of the iterator if it is not at its end.
 */
export type Blocks = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & {
  close?(): void | Promise<void>
}

/** The headers of a response, as pairs of name and value. */
export type WsgiHeaders = [name: string, value: string][]

/**
 * Sends a block imperatively. Throws immediately if the block cannot be sent. The promise resolves when the client is
 * ready for more and rejects when it has disconnected.
 */
export type Write = (block: Uint8Array) => Promise<void>

/**
 * Starts the response. `excInfo` is an error that the application has caught. With it, a second call replaces a response
 * that has not been sent yet. If the head has been sent, `excInfo` is thrown again to abort the response.
 */
export type StartResponse = (status: string, headers: WsgiHeaders, excInfo?: unknown) => Write

/**
 * An application in the sense of PEP 3333: a function of two arguments that returns an iterable of bytes. Both the
 * function and the iterable can be asynchronous.
 *
 * Source: PEP 3333, "The Application/Framework Side".
 */
export type WsgiApplication = (environ: WsgiEnviron, startResponse: StartResponse) => Blocks | Promise<Blocks>
