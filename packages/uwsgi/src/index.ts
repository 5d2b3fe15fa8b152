/**
 * The uwsgi protocol: a codec for its packets, a gateway that serves applications behind nginx, Apache or uWSGI, and a
 * proxy to uwsgi servers.
 */
export type { UwsgiNative } from './gateway/exchange.ts'
export type { UwsgiServer, UwsgiServerOptions } from './gateway/uwsgi-server.ts'
export { createUwsgiServer } from './gateway/uwsgi-server.ts'
export { encodePacket } from './packet/encode-packet.ts'
export type { UwsgiPacket } from './packet/packet.ts'
export { PacketError } from './packet/packet.ts'
export { PacketReader } from './packet/packet-reader.ts'
export type { UwsgiProxyOptions } from './proxy/uwsgi-proxy.ts'
export { uwsgiProxy } from './proxy/uwsgi-proxy.ts'
