import { UNREAD } from '../http1/table.ts'
import type { Pair } from './agreement.ts'
import type { Read, Sent } from './pair.ts'

/** What became of a case behind a proxy. */
export type Outcome = 'read' | 'rejected by the proxy' | 'rejected by the server'

/** Returns the outcome of each case by its name. */
export function outcomesOf(sent: readonly Sent[], { forwarded, read }: Pair): ReadonlyMap<Sent, Outcome> {
  const passedOn = Map.groupBy(
    forwarded.filter(({ line }) => !/^\S+ \S*\/probe /.test(line)),
    ({ mark }) => mark,
  )
  const wasRead = Map.groupBy(
    read.filter(({ path }) => path !== '/probe'),
    ({ mark }) => mark,
  )
  return new Map(
    sent.map((each) => {
      const count = passedOn.get(each.mark)?.length ?? 0
      const requests = wasRead.get(each.mark) ?? []
      // A proxy may pass the head on before it has seen what is wrong with the body.
      if (count === 0 || requests.some(isCutOff)) return [each, 'rejected by the proxy']
      return [each, requests.length < count ? 'rejected by the server' : 'read']
    }),
  )
}

function isCutOff({ body, path }: Read): boolean {
  return body === undefined && path !== UNREAD
}
