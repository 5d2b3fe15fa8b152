import type { TsgiConfig } from 'tsgi'

export default {
  app: './src/app.ts',
  workers: 'auto',
  // nginx runs on this machine or elsewhere in the private network.
  trustProxy: ['127.0.0.0/8', '10.0.0.0/8'],
  requestTimeout: '30s',
  health: '/health',
  drainDelay: '5s',
  gracefulTimeout: '20s',
  // #if !log
  accessLog: 'json',
  // #endif
} satisfies TsgiConfig
