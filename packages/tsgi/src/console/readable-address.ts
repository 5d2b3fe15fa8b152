/** Replaces the address for all interfaces, which a browser cannot open, with localhost. */
export function readableAddress(address: string): string {
  const local = address.replace(/^(https?):\/\/(?:\[::\]|0\.0\.0\.0):/, '$1://localhost:')
  return local === address ? address : `${local} (every interface)`
}
