/** The first file descriptor that a service manager passes. */
const FIRST = 3
const MAX_SOCKETS = 64

/**
 * Returns the addresses of the sockets that a service manager has opened for this process: `['fd:3', …]`.
 *
 * Source: sd_listen_fds(3).
 */
export function activatedAddresses(environment: NodeJS.ProcessEnv, pid: number): string[] {
  const { LISTEN_PID, LISTEN_FDS = '' } = environment
  // The variables may be intended for the parent process.
  if (LISTEN_PID !== String(pid) || !/^\d{1,2}$/.test(LISTEN_FDS)) return []
  return Array.from({ length: Math.min(Number(LISTEN_FDS), MAX_SOCKETS) }, (_, at) => `fd:${FIRST + at}`)
}
