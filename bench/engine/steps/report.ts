import type { AddressInfo, Server } from 'node:net'

/** Listens, reports the port to the measuring program, and reports its CPU time on request. */
export function report(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
}
