import { type Forwarded, forwardedIn } from './forwarded.ts'
import type { Read } from './pair.ts'
import type { Relayed } from './relay.ts'

/** What a proxy has sent to a server, and what the server's application has read. */
export interface Pair {
  readonly forwarded: readonly Forwarded[]
  readonly read: readonly Read[]
  /** Where the two disagree about the end of a request. */
  readonly disagreements: readonly string[]
}

/** Compares what a proxy has sent with what the application has read. */
export function compare(connections: readonly Relayed[], read: readonly Read[]): Pair {
  const forwarded: Forwarded[] = []
  const disagreements: string[] = []
  for (const connection of connections) {
    try {
      const requests = forwardedIn(connection.sent)
      forwarded.push(...requests)
      const problem = countProblem(requests, connection)
      if (problem !== undefined) disagreements.push(`${problem}: ${JSON.stringify(connection)}`)
    } catch (error) {
      disagreements.push((error as Error).message)
    }
  }
  const unread = Map.groupBy(forwarded, ({ mark }) => mark)
  for (const request of read) {
    const candidates = unread.get(request.mark) ?? []
    const at = candidates.findIndex((candidate) => isSame(candidate, request))
    if (at === -1)
      disagreements.push(`the application has read what the proxy has not sent: ${JSON.stringify(request)}`)
    else candidates.splice(at, 1)
  }
  return { forwarded, read, disagreements }
}

/** A server that sees more requests than the proxy has sent responds more often; one that sees fewer waits. */
function countProblem(requests: readonly Forwarded[], { received, isLeft }: Relayed): string | undefined {
  const responses = received.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0
  if (responses > requests.length) return `${responses} responses to ${requests.length} requests`
  const whole = requests.filter(({ isWhole }) => isWhole).length
  return responses < whole && !isLeft ? `${responses} responses to ${whole} whole requests` : undefined
}

function isSame({ line, body, isWhole }: Forwarded, read: Read): boolean {
  if (!line.startsWith(`${read.method} `)) return false
  // A request of the Fetch standard has no body if the method is one of these.
  if (read.body === undefined || read.method === 'GET' || read.method === 'HEAD') return true
  return isWhole && body === read.body
}
