import type { Socket } from 'node:net'

const postponed = new WeakMap<Socket, Buffer[]>()

/**
 * Keeps bytes that Node's parser has refused because it is paused, and passes them to it when Node reads on.
 *
 * Node pauses its parser if a request arrives before the response to an earlier one has been written. Over TLS, it still
 * passes on what it has decrypted already, up to 64 KiB.
 */
export function postpone(socket: Socket, bytes: Buffer): void {
  const known = postponed.get(socket)
  if (known !== undefined) {
    known.push(bytes)
    return
  }
  const chunks = [bytes]
  postponed.set(socket, chunks)
  socket.on('resume', () => {
    // Each chunk may pause the parser again.
    while (chunks.length > 0 && !socket.isPaused()) socket.emit('data', chunks.shift())
  })
}

/** Returns the bytes that Node's parser has not read yet, for another reader. */
export function takePostponed(socket: Socket): readonly Buffer[] {
  return postponed.get(socket)?.splice(0) ?? []
}
