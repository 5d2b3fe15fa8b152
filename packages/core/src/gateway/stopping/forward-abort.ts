/** Aborts a controller when a signal aborts. */
export function forwardAbort(signal: AbortSignal | undefined, controller: AbortController): void {
  if (signal?.aborted) controller.abort(signal.reason)
  else signal?.addEventListener('abort', () => controller.abort(signal.reason), { once: true })
}
