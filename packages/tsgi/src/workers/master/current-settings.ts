import { BOOT_MS } from '../../config/reread-settings.ts'
import type { ServeSettings } from '../../config/settings.ts'
import { HEARTBEAT_MS } from '../messages.ts'

/** The time limits of workers, in milliseconds. */
export interface WorkerLimits {
  /** To start serving; 0 for no limit. */
  readonly bootTimeout: number
  /** To finish requests. */
  readonly gracefulTimeout: number
  /** To respond; 0 for no limit. */
  readonly heartbeatTimeout: number
}

/** Reads the settings again for a reload. Rejects if they are invalid. */
export type Reread = (before: ServeSettings) => Promise<ServeSettings>

/** The settings of new workers, which a reload replaces. */
export class CurrentSettings {
  #value: ServeSettings
  /** The latest settings that a worker could start with. */
  #proven: ServeSettings
  readonly #reread: Reread

  constructor(settings: ServeSettings, reread: Reread = async (before) => before) {
    this.#value = settings
    this.#proven = settings
    this.#reread = reread
  }

  get value(): ServeSettings {
    return this.#value
  }

  get limits(): WorkerLimits {
    const {
      bootTimeout = BOOT_MS,
      gracefulTimeout = GRACEFUL_MS,
      heartbeatTimeout = HEARTBEAT_MS,
    } = this.#value
    return { bootTimeout, gracefulTimeout, heartbeatTimeout }
  }

  /** Called when a worker with these settings is ready. */
  prove(settings: ServeSettings): void {
    this.#proven = settings
  }

  /** Reads the settings again and uses them. Returns the number of workers if the setting has changed. */
  async reread(): Promise<number | undefined> {
    return this.#use(await this.#reread(this.#value))
  }

  /** Uses the latest settings that a worker could start with, after a failed reload. */
  revert(): number | undefined {
    return this.#use(this.#proven)
  }

  #use(settings: ServeSettings): number | undefined {
    const before = this.#value.workers
    this.#value = settings
    // Signals may have changed the number; keep it unless the setting has changed.
    return settings.workers === before ? undefined : settings.workers
  }
}

/** The default of `gracefulTimeout` in milliseconds. */
const GRACEFUL_MS = 30_000
