/** The type of `tsgi.config.ts`. The command itself is `tsgi`: see the README. */
export type { TsgiConfig } from './config/tsgi-config.ts'
