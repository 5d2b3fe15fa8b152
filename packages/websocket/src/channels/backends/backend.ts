/**
 * Carries messages between the processes of an application: `local()`, `workers()`, `redis()`, or one of your own. It has
 * nothing to do with deliveries inside a process.
 */
export interface ChannelBackend {
  /** Called once, before all other methods. */
  connect(events: BackendEvents): void
  /**
   * Sends a message to the other processes. Resolves with whether the broker has taken it. A rejection is reported, and
   * counts as `false`. Messages of one process must arrive in order.
   */
  publish(channel: string, data: string): Promise<boolean>
  /**
   * Called for every subscription. Resolves with whether messages of other processes arrive from now on. If not, they must as
   * soon as the broker can be reached. A rejection is reported, and counts as `false`.
   */
  subscribe(channel: string): Promise<boolean>
  /** Called when the last subscription of a channel has ended. */
  unsubscribe(channel: string): void
}

/** The events of a {@link ChannelBackend}. */
export interface BackendEvents {
  /** Called with each message of another process. */
  readonly receive: (channel: string, data: string) => void
  /** Reports a problem with the broker. */
  readonly report: (problem: unknown) => void
}
