import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { type Session, type SessionOptions, session } from '../src/index.ts'

type Step = ((session: Session) => void) | 'end'

/** A request that is being answered: its handler does what it is told, when it is told. */
export interface Running {
  /** Has the handler do something with the session. */
  do<T>(work: (session: Session) => T): Promise<T>
  /** Has the handler return, and says which id the response sets: `''` for a deleted cookie. */
  end(): Promise<string | undefined>
}

/** Begins requests whose handlers are led from outside, so that tests decide what happens in which order. */
export class Stage {
  readonly #client: Client
  readonly #handlers = new Map<string, (session: Session) => Promise<void>>()
  #count = 0

  constructor(options: SessionOptions) {
    const app: Application<{ session: Session; cookies: Cookies }> = async ({ pathInfo, session }) => {
      await this.#handlers.get(pathInfo)!(session)
      return text('')
    }
    this.#client = client(stack(cookies({ secrets: 's'.repeat(32) }), session(options))(app), {
      errors: { write() {} },
    })
  }

  /** What the middleware reported. */
  get errors(): readonly unknown[] {
    return this.#client.errors
  }

  /** Begins a request with a session id, and returns when its handler has begun. */
  async begin(id?: string): Promise<Running> {
    const path = `/${this.#count++}`
    const steps: Step[] = []
    let wake = () => {}
    const begun = Promise.withResolvers<void>()
    this.#handlers.set(path, async (session) => {
      begun.resolve()
      for (;;) {
        const step = steps.shift()
        if (step === 'end') return
        if (step === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else step(session)
      }
    })
    const response = this.#client.get(path, { headers: { cookie: id === undefined ? '' : `session=${id}` } })
    await begun.promise
    const tell = (step: Step) => {
      steps.push(step)
      wake()
    }
    return {
      do: (work) =>
        new Promise((resolve, reject) =>
          tell((session) => {
            try {
              resolve(work(session))
            } catch (error) {
              reject(error)
            }
          }),
        ),
      async end() {
        tell('end')
        const { headers } = await response
        return headers
          .getSetCookie()
          .map((line) => /^session=([^;]*)/.exec(line)?.[1])
          .find((id) => id !== undefined)
      },
    }
  }

  /** One whole request. */
  async once<T>(
    id: string | undefined,
    work: (session: Session) => T,
  ): Promise<{ result: T; id: string | undefined }> {
    const running = await this.begin(id)
    const result = await running.do(work)
    return { result, id: await running.end() }
  }
  /** As many requests at once, each of which has begun and done its part before any of them ends. */
  async together<T>(
    count: number,
    id: string | undefined,
    work: (session: Session, n: number) => T,
  ): Promise<void> {
    const running = await Promise.all(Array.from({ length: count }, () => this.begin(id)))
    await Promise.all(running.map((request, n) => request.do((session) => [session.isNew, work(session, n)])))
    await Promise.all(running.map((request) => request.end()))
  }
}
