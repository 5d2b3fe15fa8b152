import { type Content, decode, emptyContent, encode, isEmpty } from './content.ts'
import type { Intent, Keeper, SessionEnviron } from './keeper.ts'
import type { Settings } from './settings.ts'

/** Keeps each session in its visitor's cookie, encrypted. */
export function sealedKeeper(settings: Settings): Keeper {
  const { cookieName, cookieOptions, cookieScope } = settings

  async function seal({ cookies }: SessionEnviron, content: Content): Promise<void> {
    const text = JSON.stringify({ expires: settings.expiry(content), content: encode(content) })
    try {
      await cookies.encrypted.set(cookieName, text, cookieOptions)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new RangeError(
        `session: ${text.length} characters do not fit into the cookie ${cookieName}: keep less, or use another store`,
        { cause: error },
      )
    }
  }

  return {
    async open(environ) {
      const { cookies } = environ
      const opened = unsealed(await cookies.encrypted.get(cookieName), settings)
      return {
        read: () => opened?.content,
        async commit({ changes, renewed, ended }: Intent) {
          const found = ended ? undefined : opened
          const content = changes.applyTo(found?.content ?? emptyContent())
          if (found === undefined && isEmpty(content)) {
            if (!ended || !cookies.has(cookieName)) return false
            cookies.delete(cookieName, cookieScope)
            return true
          }
          const same =
            found !== undefined && !renewed && (changes.empty || encode(content) === encode(found.content))
          if (same && !settings.isDue(settings.expiry(content), found.expires)) return false
          await seal(environ, renewed ? { ...content, created: Date.now() } : content)
          return true
        },
      }
    },
  }
}

interface Opened {
  readonly expires: number
  readonly content: Content
}

/** What was sealed, unless it has ended: the client's own clock and honesty are not relied on. */
function unsealed(text: string | undefined, settings: Settings): Opened | undefined {
  if (text === undefined) return undefined
  const { expires, content: encoded } = JSON.parse(text) as { expires: number; content: string }
  const content = decode(encoded)
  if ('moved' in content || expires <= Date.now() || settings.isOver(content)) return undefined
  return { expires, content }
}
