import { parseArgs } from 'node:util'
import { CommandError } from './command-error.ts'
import { loadApplication } from './load-application.ts'
import { type ServeOptions, type Server, serve } from './serve.ts'

export const serveUsage = `tsgi serve FILE [options]

Serves the application that FILE exports as 'default' or 'application'.

  --http [HOST]:PORT         listen on a port; ':8000' is every interface (default: 127.0.0.1:8000)
  --unix PATH                listen on a unix socket
  --trust-proxy N|ADDRESSES  believe X-Forwarded-* of the nearest N proxies, or of those with these
                             comma-separated addresses or CIDR ranges (default: none)
  --max-body-size BYTES      largest request body (default: 16777216)
  --graceful-timeout SECONDS time for what is in flight when stopping (default: 30)

--http and --unix may be repeated. SIGINT and SIGTERM stop gracefully; a second one stops at once.
`

/** `tsgi serve`: serves until a signal comes. */
export async function commandServe(args: readonly string[]): Promise<void> {
  const { file, options } = parse(args)
  const application = await loadApplication(file)
  const server = await start(application, options)
  stopOnSignals(server)
  for (const address of server.addresses) console.log(`tsgi: listening on ${readable(address)}`)
}

/** An address that can be opened: the one that stands for every interface cannot. */
function readable(address: string): string {
  const local = address.replace(/^http:\/\/(?:\[::\]|0\.0\.0\.0):/, 'http://localhost:')
  return local === address ? address : `${local} (every interface)`
}

function parse(args: readonly string[]): { file: string; options: ServeOptions } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      http: { type: 'string', multiple: true },
      unix: { type: 'string', multiple: true },
      'trust-proxy': { type: 'string' },
      'max-body-size': { type: 'string' },
      'graceful-timeout': { type: 'string' },
    },
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CommandError(`serve takes one FILE, got ${positionals.length}`, 2)
  }
  const listen = [
    ...(values.http ?? []).map(httpAddress),
    ...(values.unix ?? []).map((path) => `unix:${path}`),
  ]
  const trust = values['trust-proxy']
  const size = values['max-body-size']
  const seconds = values['graceful-timeout']
  return {
    file,
    options: {
      ...(listen.length > 0 && { listen }),
      ...(trust !== undefined && { trustProxy: /^\d+$/.test(trust) ? Number(trust) : trust.split(',') }),
      ...(size !== undefined && { maxBodySize: wholeNumber('--max-body-size', size) }),
      ...(seconds !== undefined && { gracefulTimeout: wholeNumber('--graceful-timeout', seconds) * 1000 }),
    },
  }
}

function httpAddress(value: string): string {
  if (!/^[^/?#@\s]*:\d{1,5}$/.test(value) || Number(value.slice(value.lastIndexOf(':') + 1)) > 65_535) {
    throw new CommandError(`--http must be HOST:PORT or :PORT, got '${value}'`, 2)
  }
  return value.startsWith(':') ? value : `http://${value}`
}

function wholeNumber(flag: string, value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new CommandError(`${flag} must be a whole number, got '${value}'`, 2)
  return Number(value)
}

async function start(application: Parameters<typeof serve>[0], options: ServeOptions): Promise<Server> {
  try {
    return await serve(application, options)
  } catch (error) {
    if (error instanceof TypeError) throw new CommandError(flagged(error.message), 2, { cause: error })
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new CommandError(`the address is in use: ${(error as Error).message}`, 1)
    if (syscall !== undefined) throw new CommandError((error as Error).message, 1, { cause: error })
    throw error
  }
}

/** The message of a refused option, under the flag that set it. */
function flagged(message: string): string {
  const flags = { trustProxy: '--trust-proxy', maxBodySize: '--max-body-size', listen: '--http or --unix' }
  let text = message.replace(/^serve: /, '')
  for (const [option, flag] of Object.entries(flags)) {
    if (text.startsWith(`${option} `)) text = flag + text.slice(option.length)
  }
  return text.replace(/^gracefulTimeout/, '--graceful-timeout, in milliseconds,')
}

function stopOnSignals(server: Server): void {
  let stopping = false
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number)
      stopping = true
      console.log(`tsgi: ${signal}: stopping`)
      server.close().then(() => process.exit(0))
    })
  }
}
