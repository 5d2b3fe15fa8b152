/** Replaces the address of every interface, which a browser cannot open, by localhost. */
export function readableAddress(address: string): string {
  const local = address.replace(/^(https?):\/\/(?:\[::\]|0\.0\.0\.0):/, '$1://localhost:')
  return local === address ? address : `${local} (every interface)`
}
