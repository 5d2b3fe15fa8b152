/**
 * The uwsgi protocol: its packets, a gateway that serves an application behind a front end, and an application that
 * forwards to a uwsgi server.
 */
export type { PacketInit } from './encode-packet.ts'
export { encodePacket } from './encode-packet.ts'
export type { UwsgiNative } from './exchange.ts'
export type { UwsgiLimits } from './limits.ts'
export type { Packet, PacketFault } from './packet.ts'
export { PacketError } from './packet.ts'
export type { PacketReaderOptions } from './packet-reader.ts'
export { PacketReader } from './packet-reader.ts'
export type { UwsgiAddress } from './socket-address.ts'
export { parseUwsgiAddress } from './socket-address.ts'
export type { UwsgiServer, UwsgiServerOptions } from './uwsgi-server.ts'
export { createUwsgiServer } from './uwsgi-server.ts'
export type { UwsgiUpstreamOptions } from './uwsgi-upstream.ts'
export { uwsgiUpstream } from './uwsgi-upstream.ts'
