import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { type Session, type SessionOptions, session } from '../src/index.ts'

type Step = ((session: Session) => void) | 'end'

/** A request whose handler is controlled by the test. */
export interface Running {
  /** Runs a function with the session in the handler. */
  do<T>(work: (session: Session) => T): Promise<T>
  /** Makes the handler return. Returns the id that the response sets; `''` if the response deletes the cookie. */
  end(): Promise<string | undefined>
}

/** Starts requests whose handlers are controlled by the test, which determines the order of events. */
export class Stage {
  readonly #client: Client
  readonly #handlers = new Map<string, (session: Session) => Promise<void>>()
  #count = 0

  constructor(options: SessionOptions) {
    const app: Application<{ session: Session; cookies: Cookies }> = async ({ pathInfo, session }) => {
      await this.#handlers.get(pathInfo)!(session)
      return text('')
    }
    this.#client = client(stack(cookies(), session(options))(app), {
      errors: { write() {} },
    })
  }

  /** The errors that the middleware reported. */
  get errors(): readonly unknown[] {
    return this.#client.errors
  }

  /** Starts a request with a session id. Resolves when its handler is running. */
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

  /** Runs one complete request. */
  async once<T>(
    id: string | undefined,
    work: (session: Session) => T,
  ): Promise<{ result: T; id: string | undefined }> {
    const running = await this.begin(id)
    const result = await running.do(work)
    return { result, id: await running.end() }
  }

  /** Runs a number of concurrent requests: all of them use the session before the first one ends. */
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
