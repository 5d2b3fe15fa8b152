import type { Coders } from './coder.ts'
import { webCoders } from './web-coders.ts'
import { zlibCoders } from './zlib-coders.ts'

// An import would fail on runtimes that do not have it, such as Workers with an old compatibility date.
const zlib = globalThis.process?.getBuiltinModule?.('node:zlib')

/** The compressors of this runtime. */
export const coders: Coders = zlib === undefined ? webCoders : zlibCoders(zlib)
