/** The application of the measurement of connections. Collects all garbage before it tells its memory. */
import { json, stream, text } from '@tsgi/core'
import { type Engine, serve } from '@tsgi/server'

const { PORT, ENGINE } = process.env

function* endless(): Generator<string> {
  for (;;) yield 'x'.repeat(1_024)
}

await serve(
  async ({ pathInfo, request }) => {
    switch (pathInfo) {
      case '/memory':
        globalThis.gc!()
        return json(process.memoryUsage())
      case '/upload':
        return text(String((await request.text()).length))
      case '/download':
        return stream(endless())
      default:
        return text('hello')
    }
  },
  {
    listen: `http://127.0.0.1:${PORT}`,
    engine: ENGINE as Engine,
    // The connections must stay open.
    headersTimeout: '1h',
    keepAliveTimeout: '1h',
    receiveTimeout: 0,
    sendTimeout: 0,
    gracefulTimeout: 1_000,
  },
)
