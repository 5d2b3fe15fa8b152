import type { Readiness, WorkerReport } from './stats-report.ts'

/** The part of a worker that the check needs. */
export interface CheckedWorker extends Pick<WorkerReport, 'state'> {
  /** Returns the names of the resources that are not ready; undefined if the worker does not reply. */
  check(): Promise<readonly string[] | undefined>
}

/** Asks workers whether their resources are ready. One worker that is ready is enough. */
export async function checkReadiness(workers: Iterable<CheckedWorker>): Promise<Readiness> {
  const serving = [...workers].filter(({ state }) => state === 'serving')
  const replies = serving.map((worker) => worker.check())
  const oneIsReady = Promise.withResolvers<'ready'>()
  for (const reply of replies) reply.then((failed) => failed?.length === 0 && oneIsReady.resolve('ready'))
  const result = await Promise.race([oneIsReady.promise, Promise.all(replies)])
  if (result === 'ready') return { ready: true, failed: [] }
  return { ready: false, failed: [...new Set(result.flatMap((failed) => failed ?? []))] }
}
