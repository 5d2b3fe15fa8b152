/** The kinds of projects, and the pieces that each can have. */

/** A part of a project that can be left out. */
export interface Piece {
  /** A phrase for the question and for `--help`. */
  readonly description: string
  /** The packages that only this piece needs. */
  readonly packages: readonly string[]
  /** The files that only this piece needs. */
  readonly files: readonly string[]
}

export interface Kind {
  /** A phrase for the question and for `--help`. */
  readonly description: string
  /** The folders of its templates. A file of a later folder replaces one of an earlier folder. */
  readonly templates: readonly string[]
  readonly pieces: Readonly<Record<string, Piece>>
}

const log: Piece = {
  description: 'structured logs with pino',
  packages: ['@tsgi/log', 'pino'],
  files: [],
}

/** The name of a kind: the value of `--kind`. */
export type KindName = 'site' | 'api' | 'middleware'

/** What `npm create tsgi` can create. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  site: {
    description: 'pages for browsers, with templates and static files',
    templates: ['server', 'site'],
    pieces: {
      session: {
        description: 'sessions in encrypted cookies, with a guestbook as an example',
        packages: ['@tsgi/args', '@tsgi/cookies', '@tsgi/session', 'zod'],
        files: ['.env.example', 'src/entries.ts', 'test/guestbook.test.ts', 'views/guestbook.eta'],
      },
      compress: {
        description: 'compressed responses, if no proxy compresses them',
        packages: ['@tsgi/compress'],
        files: [],
      },
      log,
    },
  },
  api: {
    description: 'JSON for programs, with validation',
    templates: ['server', 'api'],
    pieces: {
      openapi: { description: 'an OpenAPI description', packages: [], files: [] },
      cors: { description: 'pages of other origins can read responses', packages: ['@tsgi/cors'], files: [] },
      'rate-limit': {
        description: 'limits the requests of each client',
        packages: ['@tsgi/rate-limit'],
        files: [],
      },
      log,
    },
  },
  middleware: {
    description: 'one middleware, as a package to publish',
    templates: ['middleware'],
    pieces: {},
  },
}

export const kindNames: readonly KindName[] = ['site', 'api', 'middleware']
