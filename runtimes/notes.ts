/** What happened, by an id that the suite makes up: plain data, as requests on Workers can share nothing else. */
const kept = new Map<string, string[]>()

/** All notes of this id, the oldest first. */
export function notes(id: string): readonly string[] {
  return kept.get(id) ?? []
}

export function note(id: string, text: string): void {
  const before = kept.get(id)
  if (before) before.push(text)
  else kept.set(id, [text])
}

/** Waits until there is such a note: another request leaves it. */
export async function noted(id: string, text: string, signal?: AbortSignal): Promise<void> {
  while (!notes(id).includes(text)) {
    signal?.throwIfAborted()
    await sleep(5)
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
