/** The messages that workers exchange through the master, for the channels of `@tsgi/websocket/channels`. */

/** A request of a worker. */
export type RelayRequest =
  | { readonly do: 'publish'; readonly channel: string; readonly data: string }
  /** The reply is a `subscribed` with the same id. */
  | { readonly do: 'subscribe'; readonly channel: string; readonly id: number }
  | { readonly do: 'unsubscribe'; readonly channel: string }

/** An event for a worker. */
export type RelayEvent =
  | { readonly event: 'published'; readonly channel: string; readonly data: string }
  /** The worker gets the messages of a channel from now on. */
  | { readonly event: 'subscribed'; readonly id: number }

/** The size of the messages that may wait until a process reads them. */
export const MAX_PENDING: number = 16 * 1024 * 1024

/** Returns about how much memory a message takes while it waits. */
export function sizeOf(channel: string, data: string): number {
  return channel.length + data.length + 256
}
