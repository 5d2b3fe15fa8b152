import type { Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { Dispatcher } from './dispatcher.ts'
import type { WorkerHandle } from './worker-handle.ts'

it('reports once that connections are closed because too many wait, until fewer wait', () => {
  const warnings = vi.spyOn(console, 'error').mockImplementation(() => {})
  const dispatcher = new Dispatcher({ onOverdue() {} })
  const ids: number[] = []
  const worker = {
    state: 'serving',
    reachable: true,
    send: ({ id }: { readonly id: number }) => ids.push(id),
  } as unknown as WorkerHandle
  const add = (count: number) => {
    for (let n = 0; n < count; n++) dispatcher.add(0, { destroy() {} } as Socket)
  }
  add(5_000)
  dispatcher.ready(worker)
  const take = () => dispatcher.taken(worker, ids.at(-1)!)
  for (let n = 0; n < 100; n++) {
    add(2)
    take()
  }
  expect(warnings).toHaveBeenCalledTimes(1)
  while (dispatcher.waiting > 0) take()
  add(5_000)
  expect(warnings).toHaveBeenCalledTimes(2)
  warnings.mockRestore()
})
