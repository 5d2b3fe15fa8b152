import { after } from './after.ts'
import type { Changes } from './changes.ts'
import { type Content, decode, emptyContent, encode, isEmpty, type Moved } from './content.ts'
import { type Identity, newId } from './identity.ts'
import { checkSize, type Settings } from './settings.ts'
import type { Awaitable, Entry, Outcome, Store, Stored } from './store.ts'
import { Turns } from './turns.ts'

/** What stood under a key, and was found there. */
export interface Found<C extends Content | Moved = Content> {
  readonly key: string
  readonly stored: Stored
  readonly content: C
}

/** How often a commit is tried against other processes before it fails; and from which time on it waits a little. */
const ATTEMPTS = 100
const PATIENT_ATTEMPTS = 5

/** How long a changed id leads requests that were running to the new one, in milliseconds. */
const MOVED_FOR = 60_000

/** The ways to keep in a store what a request did. None loses what another request wrote meanwhile. */
export interface Committer {
  /** A new session with the changes, if they come to anything: its id. */
  create(changes: Changes): Awaitable<string | undefined>
  /** The changes made on top of what the store has now. What was ended meanwhile stays ended. */
  write(found: Found, changes: Changes): Awaitable<undefined>
  /** As `write`, under a new id, which it returns. */
  renew(found: Found, changes: Changes): Awaitable<string | undefined>
  /** Ends the session, also where its id has been changed. */
  end(found: Found<Content | Moved>): Awaitable<void>
}

export function createCommitter(store: Store, identity: Identity, settings: Settings): Committer {
  const turns = new Turns()

  function entryOf(content: Content, data: string = encode(content)): Entry {
    checkSize(data, settings)
    return { data, expires: settings.expiry(content) }
  }

  /**
   * What is to be tried against next, where a commit was refused. After a few attempts it waits a little, longer from
   * time to time and by chance, so that those who compete do not keep step; and then looks again, since what it knew
   * before it waited has been overtaken.
   */
  async function latest(
    key: string,
    current: Stored | undefined,
    attempt: number,
  ): Promise<Stored | undefined> {
    if (attempt + 1 >= ATTEMPTS) {
      throw new Error(`session: another process won the commit ${ATTEMPTS} times in a row`)
    }
    if (attempt < PATIENT_ATTEMPTS) return current
    await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt))
    return store.load(key)
  }

  /** What stands under the key, or under the one it was moved to. */
  async function follow(key: string, stored: Stored | undefined): Promise<Found | undefined> {
    for (let at = { key, stored }; at.stored !== undefined; ) {
      const content = decode(at.stored.data)
      if (!('moved' in content)) return { key: at.key, stored: at.stored, content }
      at = { key: content.moved, stored: await store.load(content.moved) }
    }
    return undefined
  }

  function create(changes: Changes): Awaitable<string | undefined> {
    const content = changes.applyTo(emptyContent())
    if (isEmpty(content)) return undefined
    const entry = entryOf(content)
    const id = newId()
    return after(identity.keyOf(id), (key) =>
      after(store.commit(key, entry, 0), (outcome) => {
        demand(outcome)
        return id
      }),
    )
  }

  function write(found: Found, changes: Changes, attempt = 0): Awaitable<undefined> {
    return after(tryToWrite(found, changes), (outcome) =>
      outcome.ok ? undefined : writeAgain(found.key, outcome.current, changes, attempt),
    )
  }

  function tryToWrite({ key, stored, content }: Found, changes: Changes): Awaitable<Outcome> {
    const next = changes.empty ? content : changes.applyTo(content)
    const data = changes.empty ? stored.data : encode(next)
    if (data !== stored.data) return store.commit(key, entryOf(next, data), stored.version)
    const expires = settings.expiry(content)
    if (settings.isDue(expires, stored.expires)) return store.commit(key, { data, expires }, stored.version)
    // Nothing to write; but to set or delete a key is a change where another request has done otherwise since.
    if (changes.empty) return { ok: true }
    return after(store.load(key), (current) =>
      current?.version === stored.version ? { ok: true } : { ok: false, current },
    )
  }

  async function writeAgain(
    key: string,
    current: Stored | undefined,
    changes: Changes,
    attempt: number,
  ): Promise<undefined> {
    const found = await follow(key, await latest(key, current, attempt))
    return found && write(found, changes, attempt + 1)
  }

  async function renew(found: Found, changes: Changes): Promise<string | undefined> {
    const created = Date.now()
    const id = newId()
    const key = await identity.keyOf(id)
    const forward = { data: encode({ moved: key }), expires: created + MOVED_FOR }
    let { content, stored } = found
    // First the new, then the old: between the two there are both, never neither.
    for (let version = 0; ; version++) {
      demand(await store.commit(key, entryOf({ ...changes.applyTo(content), created }), version))
      const outcome = await store.commit(found.key, forward, stored.version)
      if (outcome.ok) return id
      const now = await latest(found.key, outcome.current, version)
      if (now === undefined) return restart(key, version + 1, changes, id)
      const current = decode(now.data)
      // Another request gave the session another id first. What it holds since then is not for this one to see:
      // the two part here, each with what it knew and wrote.
      if ('moved' in current) return id
      content = current
      stored = now
    }
  }

  /** A session that was to be renewed was ended meanwhile: nothing of it stays but what this request wrote. */
  async function restart(
    key: string,
    version: number,
    changes: Changes,
    id: string,
  ): Promise<string | undefined> {
    const content = changes.applyTo(emptyContent())
    if (isEmpty(content)) {
      demand(await store.destroy(key, version))
      return undefined
    }
    demand(await store.commit(key, entryOf(content), version))
    return id
  }

  async function end(found: Found<Content | Moved>): Promise<void> {
    let at = await follow(found.key, found.stored)
    for (let attempt = 0; at !== undefined; attempt++) {
      const { key, stored }: Found = at
      const outcome = await store.destroy(key, stored.version)
      if (outcome.ok) return
      at = await follow(key, await latest(key, outcome.current, attempt))
    }
  }

  return {
    create,
    write: (found, changes) => turns.take(found.key, () => write(found, changes)),
    renew: (found, changes) => turns.take(found.key, () => renew(found, changes)),
    end: (found) => turns.take(found.key, () => end(found)),
  }
}

/** What nobody else can know of cannot have been changed by anybody else. */
function demand(outcome: Outcome): void {
  if (!outcome.ok) throw new Error('session: the store refused a key that is new')
}
