import { readSettings } from '../config/settings.ts'
import { runMaster } from '../workers/master.ts'

export const usage: string = `tsgi dev [FILE] [options]

Serves the application while it is being written: whenever a file that it imports changes it is loaded again, while
connections wait; its errors are shown in the browser, its routes are printed. Takes the options of serve, but that it
has one worker, which may take its time.
`

/** `tsgi dev`: serves in one worker that is replaced whenever a module of the application changes. */
export async function run(args: readonly string[]): Promise<void> {
  const settings = await readSettings(args, 'dev')
  // A debugger may stop it, and a page that stays open is not to hold a restart up.
  const bounds = { heartbeatTimeout: 0, bootTimeout: 0, gracefulTimeout: 500 }
  const { maxRequests: _, maxRss: __, maxLifetime: ___, ...kept } = settings
  await runMaster({ ...kept, ...bounds }, 1, { development: true })
}
