/** The port and the engine that the benchmark chooses. */
export const listening = {
  listen: `http://127.0.0.1:${process.env.PORT}`,
  engine: process.env.ENGINE === 'tsgi' ? 'tsgi' : 'node',
} as const
