import { readSettings } from '../config/settings.ts'
import { CommandError } from '../console/command-error.ts'
import { Master } from '../workers/master/master.ts'

export const usage: string = `tsgi dev [FILE] [options]

Serves an application during development. When a file that the application imports changes, the application is loaded
again while connections wait. Errors are shown in the browser, and routes are printed. The page /__tsgi shows the latest
requests and the layers that each passed through. Accepts the options of 'tsgi serve', but always runs one worker without
limits, and serves no statistics.
`

/** `tsgi dev`: serves in one worker that is replaced whenever a module of the application changes. */
export async function run(args: readonly string[]): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    throw new CommandError(
      "dev shows source code to clients, but NODE_ENV is 'production': use 'tsgi serve'",
      2,
    )
  }
  const settings = await readSettings(args, 'dev')
  // A debugger may pause the worker. An open page must not delay a restart, nor a load balancer the end.
  const limits = { heartbeatTimeout: 0, bootTimeout: 0, gracefulTimeout: 500, drainDelay: 0 }
  const { maxRequests, maxRss, maxLifetime, maxInFlight, maxEventLoopDelay, ...unlimited } = settings
  const { stats, pidFile, ...kept } = unlimited
  await new Master({ ...kept, ...limits }, 1, { development: true }).start()
}
