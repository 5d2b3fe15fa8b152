/**
 * The flags of the commands that serve: how each is read, from the command line and from a configuration file, and
 * what the help says of it. A flag `--max-body-size` is the member `maxBodySize` of a configuration.
 */
import {
  type Flag,
  fileMode,
  type HostAndPort,
  hostAndPort,
  httpAddress,
  httpsAddress,
  mebibytes,
  milliseconds,
  oneOf,
  path,
  text,
  trustProxy,
  uwsgiAddress,
  wholeNumber,
  workerCount,
  yesOrNo,
} from './flag-kinds.ts'
import type { TsgiConfig } from './tsgi-config.ts'

/** The members of a configuration whose values are read into others; times are read as milliseconds. */
interface ReadValues {
  readonly http?: readonly string[]
  readonly https?: readonly string[]
  readonly unix?: readonly string[]
  readonly uwsgi?: readonly string[]
  readonly unixMode?: number
  readonly workers?: number
  readonly stats?: HostAndPort
  readonly config?: string
}

/** What was read of each flag that was given. */
export type FlagValues = Omit<TsgiConfig, 'app' | keyof ReadValues> & ReadValues

export const flags: { readonly [K in keyof FlagValues]-?: Flag } = {
  http: {
    value: '[HOST]:PORT',
    multiple: true,
    help: "listen on a port; ':8000' is every interface (default: 127.0.0.1:8000)",
    read: httpAddress,
  },
  https: {
    value: '[HOST]:PORT',
    multiple: true,
    help: 'listen on a port with TLS, for HTTP/2 and HTTP/1.1; needs --cert and --key',
    read: httpsAddress,
  },
  cert: { value: 'FILE', help: 'the certificate for --https, in PEM, with those up to a root', read: text },
  key: { value: 'FILE', help: "the certificate's private key, in PEM", read: text },
  unix: { value: 'PATH', multiple: true, help: 'listen on a unix socket', read: text },
  uwsgi: {
    value: 'PATH|HOST:PORT',
    multiple: true,
    help: 'listen for uwsgi, of nginx, Apache or uWSGI, on a unix socket or a port',
    read: uwsgiAddress,
  },
  unixMode: { value: 'MODE', help: 'the mode of the files of unix sockets, as 660', read: fileMode },
  backlog: {
    value: 'N',
    help: 'connections that may wait to be accepted (default: 511)',
    read: wholeNumber(1),
  },
  reusePort: { help: 'let other processes listen on the same ports', read: yesOrNo },
  workers: {
    value: 'N|auto',
    help: 'serve in so many processes, under a master; auto is one a processor (default: in the one process)',
    read: workerCount,
  },
  pidFile: {
    value: 'PATH',
    help: "with --workers, write the master's process id there, for 'tsgi reload'",
    read: text,
  },
  stats: {
    value: 'HOST:PORT',
    help: "tell there what the processes are doing: JSON, Prometheus on /metrics; see 'tsgi top'",
    read: hostAndPort,
  },
  config: {
    value: 'FILE',
    help: "read flags from a module's default export (default: tsgi.config.ts, where there is one)",
    read: text,
  },
  trustProxy: {
    value: 'N|ADDRESSES',
    help: 'believe what the nearest N proxies say of the client, or those with these comma-separated addresses or CIDR ranges (default: none)',
    read: trustProxy,
  },
  proxyHeaders: {
    value: 'FIELDS',
    help: "where they say it: 'x-forwarded' for X-Forwarded-*, 'forwarded' for RFC 7239's Forwarded (default: x-forwarded)",
    read: oneOf('x-forwarded', 'forwarded'),
  },
  proxyProtocol: {
    value: 'ADDRESSES',
    help: 'expect the PROXY protocol of balancers with these comma-separated addresses or CIDR ranges (default: none)',
    read: (value: string) => value.split(','),
  },
  accessLog: {
    value: 'FORMAT',
    help: "write a line for each response to standard output: 'combined' or 'json' (default: none)",
    read: oneOf('combined', 'json'),
  },
  maxBodySize: {
    value: 'BYTES',
    help: 'largest request body (default: 16777216)',
    read: wholeNumber(0),
  },
  keepAliveTimeout: {
    value: 'SECONDS',
    help: 'time a connection may stay open between requests (default: 5)',
    read: milliseconds(0.001),
  },
  requestTimeout: {
    value: 'SECONDS',
    help: 'time the application may take to answer, after which the client gets 503 (default: 0, no bound)',
    read: milliseconds(0),
  },
  heartbeatTimeout: {
    value: 'SECONDS',
    help: "with --workers, time a worker's event loop may be blocked before the worker is killed (default: 30; 0 for no bound)",
    read: milliseconds(0),
  },
  bootTimeout: {
    value: 'SECONDS',
    help: 'with --workers, time a worker may take to load the application and begin to serve (default: 60; 0 for no bound)',
    read: milliseconds(0),
  },
  maxRequests: {
    value: 'N',
    help: 'with --workers, replace a worker after so many requests, up to a tenth more at random (default: never)',
    read: wholeNumber(1),
  },
  maxRss: {
    value: 'MIB',
    help: 'with --workers, replace a worker that has so much memory in use (default: never)',
    read: mebibytes,
  },
  maxLifetime: {
    value: 'SECONDS',
    help: 'with --workers, replace a worker after that time, up to a tenth more at random (default: never)',
    read: milliseconds(0.1),
  },
  health: {
    value: 'PATH',
    help: 'answer this path for a balancer: 200, and 503 from when the server is told to stop',
    read: path,
  },
  drainDelay: {
    value: 'SECONDS',
    help: 'time to go on accepting after being told to stop, for the balancer to notice (default: 0)',
    read: milliseconds(0),
  },
  gracefulTimeout: {
    value: 'SECONDS',
    help: 'time for what is in flight when stopping (default: 30)',
    read: milliseconds(0),
  },
}

/** The flag of a member: `--max-body-size` of `maxBodySize`. */
export function flagName(member: string): string {
  return `--${kebab(member)}`
}

export function kebab(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The lines of a help text about the flags, in columns. */
export function flagsHelp(): string {
  const rows = Object.entries<Flag>(flags).map(([member, flag]) => {
    return [[flagName(member), flag.value].filter(Boolean).join(' '), flag.help] as const
  })
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${wrap(help, width + 4)}\n`).join('')
}

/** Text broken into lines that end before column 110, each but the first indented. */
function wrap(help: string, indent: number): string {
  const lines = ['']
  for (const word of help.split(' ')) {
    const line = lines.at(-1)!
    if (indent + line.length + word.length >= 109) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
