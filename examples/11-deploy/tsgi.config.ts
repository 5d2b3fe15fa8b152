import type { TsgiConfig } from 'tsgi'

export default {
  app: './app.ts',
  workers: 'auto',
  // nginx runs on this machine or elsewhere in the private network.
  trustProxy: ['127.0.0.0/8', '10.0.0.0/8'],
  requestTimeout: 30,
  health: '/health',
  drainDelay: 5,
  gracefulTimeout: 20,
  accessLog: 'json',
} satisfies TsgiConfig
