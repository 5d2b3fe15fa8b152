/** Returns the resident memory of this process in bytes; 0 if it cannot be read, as when file descriptors have run out. */
export function memoryInUse(): number {
  try {
    return process.memoryUsage.rss()
  } catch {
    return 0
  }
}
