/**
 * Commands for fast-check that let the requests of one visitor overlap on several servers, down to the single calls of
 * the store, and the rules that must hold in the end. `model.ts` specifies the results of requests that do not overlap
 * while they are stored.
 */
import {
  type AsyncCommand,
  asyncModelRun,
  commands,
  constant,
  constantFrom,
  nat,
  record,
  type Scheduler,
} from 'fast-check'
import { expect } from 'vitest'
import type { Session, SessionStore } from '../src/index.ts'
import { type Running, Stage } from './stage.ts'
import { secrets } from './visitor.ts'

/** The maximum number of requests at the same time. */
const maxRunning = 5

/** Longer than requests with a replaced id can find their session. */
const grace = 61_000

interface Visit {
  readonly running: Running
  readonly id: string
  /** Whether the session existed when the request began. */
  readonly sawSession: boolean
  /** What it writes: a member of the list, a key and a message each. */
  readonly marks: string[]
  state: 'running' | 'ending' | 'ended'
  /** Whether its id was replaced so long ago that its changes must be dropped. */
  isLate: boolean
  regeneratesId: boolean
  destroys: boolean
  /** The id in its response. */
  newId: string | undefined
}

/** The servers that share a store. */
interface Servers {
  readonly stages: readonly Stage[]
  /** Moves the clock, if the store follows it. */
  readonly advance: ((milliseconds: number) => void) | undefined
}

/** What one visitor has done. */
class Visitor {
  readonly visits: Visit[] = []
  readonly ids: string[]
  readonly pending: Promise<void>[] = []
  /** The marks that were stored before the visitor signed out. */
  marksBeforeSignOut: readonly string[] | undefined

  constructor(id: string) {
    this.ids = [id]
  }

  get id(): string {
    return this.ids.at(-1)!
  }

  get running(): Visit[] {
    return this.visits.filter(({ state }) => state === 'running')
  }

  end(visit: Visit): void {
    visit.state = 'ending'
    if (visit.destroys && !visit.isLate) {
      const ended = this.visits.filter((other) => other.state === 'ended' && writesToSession(other))
      this.marksBeforeSignOut ??= ended.flatMap(({ marks }) => marks)
    }
    const ending = visit.running.end().then((id) => {
      visit.state = 'ended'
      visit.newId = id || undefined
      if (visit.newId !== undefined && visit.sawSession && !visit.destroys) this.ids.push(visit.newId)
    })
    this.pending.push(ending)
  }
}

/** Whether the marks of a request must be in the visitor's session, not in one of its own or nowhere. */
function writesToSession({ sawSession, isLate, destroys }: Visit): boolean {
  return sawSession && !isLate && !destroys
}

type Command = AsyncCommand<Visitor, Servers>

/** @param index Selects one of the servers. @param age Selects the current id, or an older one. */
function begin(index: number, age: number): Command {
  return {
    check: ({ running }) => running.length < maxRunning,
    async run(visitor, { stages }) {
      const id = visitor.ids.at(-1 - (age % visitor.ids.length))!
      const running = await stages[index % stages.length]!.begin(id)
      const sawSession = !(await running.do((session) => session.isNew))
      visitor.visits.push({
        running,
        id,
        sawSession,
        marks: [],
        state: 'running',
        isLate: false,
        regeneratesId: false,
        destroys: false,
        newId: undefined,
      })
    },
    toString: () => `begin(${index}, ${age})`,
  }
}

/** Creates a command that does something in one of the running requests. */
function within(
  name: string,
  index: number,
  work: (visit: Visit, visitor: Visitor) => unknown,
  isAllowed: (visit: Visit, visitor: Visitor) => boolean = () => true,
): Command {
  const select = ({ running }: Visitor) => running[index % running.length]
  return {
    check(visitor) {
      const visit = select(visitor)
      return visit !== undefined && isAllowed(visit, visitor)
    },
    async run(visitor) {
      await work(select(visitor)!, visitor)
    },
    toString: () => `${name}(${index})`,
  }
}

async function writeMark(visit: Visit, visitor: Visitor): Promise<void> {
  const mark = `${visitor.visits.indexOf(visit)}-${visit.marks.length}`
  const list = await visit.running.do((session) => {
    session.set(mark, true)
    session.flash('info', mark)
    return session.update('list', (list = []) => [...(list as string[]), mark])
  })
  visit.marks.push(mark)
  expect(list).toEqual(expect.arrayContaining(visit.marks))
}

/** If two requests replace the id at the same time, their sessions are separated: that is another test. */
function mayRegenerateId(visit: Visit, { visits, id }: Visitor): boolean {
  const isAlone = visits.every((other) => other.state === 'ended' || !other.regeneratesId)
  return isAlone && visit.sawSession && visit.id === id && visits.every(({ destroys }) => !destroys)
}

/** Waits until an id that was replaced is no longer valid for the running requests. */
const wait: Command = {
  check: ({ running, id }) => running.some((visit) => visit.id !== id),
  async run(visitor, { advance }) {
    if (advance === undefined) return
    await Promise.all(visitor.pending)
    advance(grace)
    for (const visit of visitor.running) visit.isLate ||= visit.id !== visitor.id
  },
  toString: () => 'wait',
}

const number = nat(9)
/** Sequences of commands. Most of them are writes. */
export const overlappingRequests: ReturnType<typeof commands<Visitor, Servers, false>> = commands(
  [
    record({ index: number, age: constantFrom(0, 0, 0, 1, 2) }).map(({ index, age }) => begin(index, age)),
    number.map((index) => begin(index, 0)),
    number.map((index) => begin(index, 0)),
    number.map((index) => within('write', index, writeMark)),
    number.map((index) => within('write', index, writeMark)),
    number.map((index) => within('end', index, (visit, visitor) => visitor.end(visit))),
    number.map((index) => within('end', index, (visit, visitor) => visitor.end(visit))),
    number.map((index) =>
      within(
        'regenerateId',
        index,
        async (visit) => {
          await visit.running.do((session) => session.regenerateId())
          visit.regeneratesId = true
        },
        mayRegenerateId,
      ),
    ),
    record({ index: number, rarely: nat(3) }).map(({ index, rarely }) =>
      within(
        'destroy',
        index,
        async (visit) => {
          await visit.running.do((session) => session.destroy())
          visit.destroys = true
          visit.marks.length = 0
        },
        (visit) => rarely === 0 && visit.sawSession,
      ),
    ),
    constant(wait),
  ],
  { maxCommands: 60, size: 'max' },
)

/** Delays every call of a store, and every result, until the scheduler says so. */
function scheduledStore(store: SessionStore, scheduler: Scheduler): SessionStore {
  const step = async <T>(name: string, work: () => T): Promise<Awaited<T>> => {
    await scheduler.schedule(Promise.resolve(), name)
    const result = await work()
    await scheduler.schedule(Promise.resolve(), `${name} returns`)
    return result
  }
  return {
    load: (key) => step('load', () => store.load(key)),
    commit: (key, entry, version) => step('commit', () => store.commit(key, entry, version)),
    destroy: (key, version) => step('destroy', () => store.destroy(key, version)),
  }
}

/** Checks that no write was lost, that no session came back, and that old ids are refused. */
async function checkVisitor({ visits, ids, id, marksBeforeSignOut }: Visitor, store: SessionStore) {
  const stage = new Stage({ secrets, store })
  const marksOf = async (id: string) => {
    const read = (session: Session) => ({
      isNew: session.isNew,
      first: session.get('first'),
      list: ((session.get('list') as string[] | undefined) ?? []).toSorted(),
      messages: session
        .takeFlashes()
        .map(({ message }) => message)
        .toSorted(),
      keys: visits
        .flatMap(({ marks }) => marks)
        .filter((mark) => session.has(mark))
        .toSorted(),
    })
    return (await stage.once(id, read)).result
  }
  const exactly = (marks: readonly string[]) => {
    const sorted = marks.toSorted()
    return { list: sorted, messages: sorted, keys: sorted }
  }
  for (const visit of visits) {
    // Without a session, a request starts its own, or none if it came with a replaced id.
    if (visit.sawSession || visit.newId === undefined) continue
    expect(await marksOf(visit.newId)).toEqual({ isNew: false, first: undefined, ...exactly(visit.marks) })
  }
  for (const old of ids.slice(0, -1)) expect((await marksOf(old)).isNew).toBe(true)
  if (marksBeforeSignOut === undefined) {
    const stored = visits.filter(writesToSession)
    const expected = exactly(stored.flatMap(({ marks }) => marks))
    expect(await marksOf(id)).toEqual({ isNew: false, first: true, ...expected })
    return
  }
  for (const known of [id, ...visits.flatMap(({ newId }) => newId ?? [])]) {
    const { first, list } = await marksOf(known)
    expect(first).toBeUndefined()
    expect(list.filter((mark) => marksBeforeSignOut.includes(mark))).toEqual([])
  }
}

/**
 * Runs commands on two servers and checks the rules.
 *
 * @param advance Moves the clock that the store follows.
 */
export async function runOverlapping(
  store: SessionStore,
  scheduler: Scheduler,
  commands: Iterable<Command>,
  advance?: (milliseconds: number) => void,
): Promise<void> {
  const { id } = await new Stage({ secrets, store }).once(undefined, (session) => session.set('first', true))
  const stages = [0, 1].map(() => new Stage({ secrets, store: scheduledStore(store, scheduler) }))
  const visitor = new Visitor(id!)
  await scheduler.waitFor(asyncModelRun(() => ({ model: visitor, real: { stages, advance } }), commands))
  for (const visit of visitor.running) visitor.end(visit)
  await scheduler.waitFor(Promise.all(visitor.pending))
  await checkVisitor(visitor, store)
}
