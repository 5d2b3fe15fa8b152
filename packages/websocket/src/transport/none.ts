import type { connectStreams as Node } from './node.ts'

/** On other runtimes than Node, gateways have no streams. */
export const connectStreams: typeof Node = () => () => {
  throw new TypeError('websocket: this runtime cannot read WebSockets from a stream')
}
