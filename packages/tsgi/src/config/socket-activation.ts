/** The first of the file descriptors that a service manager passes. */
const FIRST = 3
/** More than a service has; each becomes an address. */
const MOST = 64

/**
 * The addresses of the sockets that a service manager opened for this process, as `fd:3`; none where it opened none.
 *
 * Source: sd_listen_fds(3).
 */
export function activatedAddresses(environment: NodeJS.ProcessEnv, pid: number): string[] {
  const { LISTEN_PID, LISTEN_FDS = '' } = environment
  // They may be those of a parent.
  if (LISTEN_PID !== String(pid) || !/^\d{1,2}$/.test(LISTEN_FDS)) return []
  return Array.from({ length: Math.min(Number(LISTEN_FDS), MOST) }, (_, at) => `fd:${FIRST + at}`)
}
