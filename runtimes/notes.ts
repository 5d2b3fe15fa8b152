// Notes by an id that the suite generates. They are plain data because requests on Workers cannot share anything else.
const kept = new Map<string, string[]>()

/** Returns all notes with this id, oldest first. */
export function notes(id: string): readonly string[] {
  return kept.get(id) ?? []
}

export function note(id: string, text: string): void {
  const before = kept.get(id)
  if (before) before.push(text)
  else kept.set(id, [text])
}

/** Waits until another request has left this note. */
export async function noted(id: string, text: string, signal?: AbortSignal): Promise<void> {
  while (!notes(id).includes(text)) {
    signal?.throwIfAborted()
    await sleep(5)
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
