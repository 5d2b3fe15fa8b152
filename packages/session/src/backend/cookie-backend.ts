import type { Sealer } from '@tsgi/cookies'
import { decode, emptyContent, encode, isEmpty, type SessionContent } from '../content/content.ts'
import type { SessionLifetime } from '../content/lifetime.ts'
import { SessionFormatError } from '../stores/store.ts'
import type { SessionBackend, SessionEnviron } from './backend.ts'
import type { ChunkedCookie } from './chunked-cookie.ts'
import { UnreadableSessions } from './unreadable-sessions.ts'

interface Opened {
  readonly content: SessionContent
  readonly expires: number
}

/** Keeps each session in its visitor's cookies, encrypted. */
export function cookieBackend(
  encrypter: Sealer,
  cookie: ChunkedCookie,
  lifetime: SessionLifetime,
  isRevoked: (content: SessionContent) => Promise<boolean>,
): SessionBackend {
  const unreadable = new UnreadableSessions()

  async function find(environ: SessionEnviron): Promise<Opened | undefined> {
    for (const sealed of cookie.values(environ.cookies)) {
      const text = await encrypter.unseal(cookie.name, sealed)
      if (text === undefined) continue
      try {
        const opened = parse(text)
        if (opened.expires <= Date.now() || lifetime.isOver(opened.content)) continue
        if (!(await isRevoked(opened.content))) return opened
      } catch (error) {
        if (!(error instanceof SessionFormatError)) throw error
        // The end of the token is enough to tell it apart from others, and reveals nothing.
        unreadable.report(environ.errors, `in a cookie that ends in ${sealed.slice(-8)}`, error)
      }
    }
    return undefined
  }

  async function store(
    { cookies }: SessionEnviron,
    content: SessionContent,
    previous?: number,
  ): Promise<void> {
    const expires = lifetime.expiry(content, previous)
    const text = `${expires} ${encode(content)}`
    const sealed = await encrypter.seal(cookie.name, text, new Date(expires))
    try {
      cookie.set(cookies, sealed, lifetime.cookieMaxAge(content))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new RangeError(
        `session: ${text.length} characters do not fit into the cookie ${cookie.name}: ${error.message}. Store less, raise maxCookies, or use another store`,
        { cause: error },
      )
    }
  }

  return {
    async open(environ) {
      const opened = await find(environ)
      return {
        read: () => opened?.content,
        async commit({ changes, identity, regeneratesId, destroys }) {
          const found = destroys ? undefined : opened
          const content = changes.applyTo(found?.content ?? emptyContent(identity()))
          if (found === undefined) {
            if (isEmpty(content)) return destroys && cookie.delete(environ.cookies)
            await store(environ, content)
            return true
          }
          if (regeneratesId) {
            await store(environ, { ...content, ...identity(), created: Date.now() })
            return true
          }
          const isChanged = !changes.isEmpty && encode(content) !== encode(found.content)
          if (!isChanged && !lifetime.isWorthStoring(content, found.expires)) return false
          await store(environ, content, found.expires)
          return true
        },
      }
    },
  }
}

function parse(text: string): Opened {
  const [head, expires] = /^(\d+) /.exec(text) ?? []
  if (head === undefined) throw new SessionFormatError('its content is not a session')
  const content = decode(text.slice(head.length))
  if ('moved' in content) throw new SessionFormatError('its content is not a session')
  return { content, expires: Number(expires) }
}
