import type { Layer } from '@tsgi/core'
import type { KeyChange } from './environ-keys.ts'
import { shorten } from './shorten.ts'

const MAX_NAME = 200

/** One call of a layer. Times are milliseconds since the request began. */
export interface LayerCall {
  readonly layer: Layer
  readonly start: number
  /** When it returned its response; undefined until then. */
  end: number | undefined
  /** The status of the response that it returned. */
  status: number | undefined
  /** The error that it threw. */
  thrown: string | undefined
  /** The keys of the environ that it added or changed for the layers inside. */
  readonly changes: KeyChange[]
  /** The layers that it called. */
  readonly inside: LayerCall[]
}

export function startCall(layer: Layer, start: number): LayerCall {
  return { layer, start, end: undefined, status: undefined, thrown: undefined, changes: [], inside: [] }
}

/** Returns the name of a layer. Functions may have none. */
export function nameOfLayer({ name, kind }: Layer): string {
  return typeof name === 'string' && name !== '' ? shorten(name, MAX_NAME) : kind
}

/** Where the time of a layer went, in milliseconds. */
export interface LayerTimes {
  /** Until it called the layer inside. If it called none, all of its time. */
  readonly before: number
  /** Since the layer inside has returned; undefined if it called none. */
  readonly after: number | undefined
}

/** Returns the times of a call that has ended. */
export function timesOf({ start, end, inside }: LayerCall): LayerTimes | undefined {
  if (end === undefined) return undefined
  const [first] = inside
  if (first === undefined) return { before: end - start, after: undefined }
  // A layer may return before the layer inside does.
  const returned = Math.max(...inside.map((call) => Math.min(call.end ?? end, end)))
  return { before: first.start - start, after: end - returned }
}

/** Returns the call that made the response: the last one that called no other. */
export function answeredBy(call: LayerCall): LayerCall {
  const last = call.inside.at(-1)
  return last === undefined ? call : answeredBy(last)
}
