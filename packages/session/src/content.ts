/** What one session holds. */
export interface Content {
  /** When it began, or was last given a new id: milliseconds since the epoch. */
  readonly created: number
  readonly data: ReadonlyMap<string, unknown>
  readonly flashes: readonly KeptFlash[]
}

/** A message for the visitor's next page. */
export interface Flash {
  /** What kind it is, as `info` or `error`. */
  readonly type: string
  readonly message: string
}

/** A flash, told apart from others that say the same. */
export interface KeptFlash extends Flash {
  readonly id: string
}

/** What stands under the key of an id that was changed: the key of the new one. */
export interface Moved {
  readonly moved: string
}

/** A session with nothing in it, beginning now. */
export function emptyContent(): Content {
  return { created: Date.now(), data: new Map(), flashes: [] }
}

/** Whether there is nothing worth keeping. */
export function isEmpty({ data, flashes }: Content): boolean {
  return data.size === 0 && flashes.length === 0
}

/** The text that a store keeps. */
export function encode(entry: Content | Moved): string {
  if ('moved' in entry) return JSON.stringify(entry)
  const { created, data, flashes } = entry
  return JSON.stringify({ created, data: Object.fromEntries(data), flashes })
}

/** What {@link encode} made the text of. The values are frozen, so that no change of them is missed silently. */
export function decode(text: string): Content | Moved {
  const kept = JSON.parse(text) as Moved | EncodedContent
  if ('moved' in kept) return kept
  const data = new Map(Object.entries(kept.data))
  for (const value of data.values()) freeze(value)
  return { created: kept.created, data, flashes: kept.flashes }
}

type EncodedContent = Omit<Content, 'data'> & { readonly data: Readonly<Record<string, unknown>> }

/** Freezes what JSON made, at every depth: no deeper than what was encoded, which is bounded. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const member of Object.values(value)) freeze(member)
  Object.freeze(value)
}
