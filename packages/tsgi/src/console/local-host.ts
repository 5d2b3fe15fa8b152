/**
 * Reports whether the authority of a request is an IP address or `localhost`. With DNS rebinding, any web page can send
 * requests to this machine, but only with a name of its own.
 */
export function isLocalHost(authority: string): boolean {
  return /^(?:(?:[^:]+\.)?localhost|[\d.]+|\[[^\]]*\])(?::\d+)?$/i.test(authority)
}
