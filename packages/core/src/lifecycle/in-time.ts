/**
 * Runs a function with a time limit. Rejects with `late()` if it takes longer; the signal that the function gets aborts
 * then.
 */
export async function inTime<T>(
  milliseconds: number,
  run: (signal: AbortSignal) => T,
  late: () => Error,
): Promise<Awaited<T>> {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = late()
    reject(error)
    controller.abort(error)
  }, milliseconds)
  try {
    return await Promise.race([run(controller.signal), promise])
  } finally {
    clearTimeout(timer)
  }
}
