/** An address that can be opened: the one that stands for every interface cannot. */
export function readableAddress(address: string): string {
  const local = address.replace(/^(https?):\/\/(?:\[::\]|0\.0\.0\.0):/, '$1://localhost:')
  return local === address ? address : `${local} (every interface)`
}
