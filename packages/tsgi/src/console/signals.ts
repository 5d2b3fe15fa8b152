import { constants } from 'node:os'
import { log } from './log.ts'

/** What a process that serves does on signals. */
export interface SignalHandlers {
  /** `isQuick` cuts off requests that take longer than {@link QUICK_STOP_MS}. */
  readonly stop: (isQuick: boolean) => void
  /** Called for a second signal to stop, before the process exits. */
  readonly kill?: () => void
  readonly reload: () => void
  /** Adds or removes workers. */
  readonly resize?: (by: number) => void
}

/** Milliseconds for requests in flight on SIGQUIT. */
export const QUICK_STOP_MS = 1_000

let handlers: SignalHandlers = {
  stop: () => process.exit(),
  reload: () => log('received SIGHUP while starting, ignored'),
}
let stopping = false

/**
 * Listens for signals. Without a listener, the system would end or pause the process, Node would open a debugger on
 * SIGUSR1, and process 1 of a container would ignore the signals to stop. Call it as soon as possible.
 */
export function listenForSignals(command: 'serve' | 'dev'): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, stop)
  // A development server ends with its terminal.
  process.on('SIGHUP', command === 'dev' ? stop : () => handlers.reload())
  process.on('SIGTTIN', (signal) => resize(signal, 1))
  process.on('SIGTTOU', (signal) => resize(signal, -1))
  process.on('SIGUSR2', ignore)
  if (command === 'serve') process.on('SIGUSR1', ignore)
}

/** Ignores signals in a worker. Terminals and service managers send them to all processes, and the master handles them. */
export function leaveSignalsToMaster(): void {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTTIN', 'SIGTTOU'] as const) {
    process.on(signal, () => {})
  }
}

/** Sets what signals do from now on. */
export function handleSignals(next: SignalHandlers): void {
  handlers = next
}

function stop(signal: NodeJS.Signals): void {
  if (stopping) {
    handlers.kill?.()
    process.exit(128 + constants.signals[signal])
  }
  stopping = true
  log(`received ${signal}, stopping`)
  handlers.stop(signal === 'SIGQUIT')
}

function resize(signal: NodeJS.Signals, by: number): void {
  if (handlers.resize === undefined) log(`received ${signal}, which requires --workers: ignored`)
  else handlers.resize(by)
}

function ignore(signal: NodeJS.Signals): void {
  log(`received ${signal}, ignored`)
}
