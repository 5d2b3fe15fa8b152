import type { AddressInfo, Server } from 'node:net'

/** Listens, and tells the program that measures where, and what this one has used of the processor whenever it asks. */
export function report(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
}
