import { isConnected, type RedisSubscriber, type SubscribeCommands } from './redis-client.ts'

/** A channel, and whether Redis sends its messages. */
interface Entry {
  isWanted: boolean
  isActive: boolean
  /** The commands that are under way for it, one after the other. */
  running: Promise<boolean> | undefined
}

/** Keeps the subscriptions of a connection as they are wanted, also after it has been lost. */
export class RedisSubscriptions {
  readonly #subscriber: RedisSubscriber
  readonly #commands: SubscribeCommands
  readonly #report: (problem: unknown) => void
  readonly #entries = new Map<string, Entry>()

  constructor(subscriber: RedisSubscriber, commands: SubscribeCommands, report: (problem: unknown) => void) {
    this.#subscriber = subscriber
    this.#commands = commands
    this.#report = report
    subscriber.on('ready', () => this.#restore())
  }

  /** Resolves with `true` when Redis sends the messages of the channel. Rejects if it cannot be reached. */
  async add(channel: string): Promise<boolean> {
    const entry = this.#entries.get(channel) ?? { isWanted: true, isActive: false, running: undefined }
    this.#entries.set(channel, entry)
    entry.isWanted = true
    if (!isConnected(this.#subscriber)) throw new Error('the subscriber is not connected to Redis')
    return this.#settle(channel, entry)
  }

  remove(channel: string): void {
    const entry = this.#entries.get(channel)
    if (entry === undefined) return
    entry.isWanted = false
    this.#settle(channel, entry).catch(this.#report)
  }

  /** Clients subscribe again by themselves, but not if the command has failed, and also to channels that have ended. */
  #restore(): void {
    for (const [channel, entry] of this.#entries) {
      entry.isActive = !entry.isWanted
      this.#settle(channel, entry).catch(this.#report)
    }
  }

  #settle(channel: string, entry: Entry): Promise<boolean> {
    entry.running ??= this.#run(channel, entry)
    return entry.running
  }

  async #run(channel: string, entry: Entry): Promise<boolean> {
    // Never over before it is `running`, and not `running` any more when it is over: a change in between would be missed.
    await undefined
    try {
      while (entry.isWanted !== entry.isActive) {
        const { isWanted } = entry
        if (!isConnected(this.#subscriber)) return false
        await (isWanted ? this.#commands.subscribe(channel) : this.#commands.unsubscribe(channel))
        entry.isActive = isWanted
      }
      if (!entry.isWanted) this.#entries.delete(channel)
      return entry.isActive
    } finally {
      entry.running = undefined
    }
  }
}
