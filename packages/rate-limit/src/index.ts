/**
 * Limits how many requests a client can make in a time window, with counters in memory, Redis or PostgreSQL.
 */
export { type AddressKeyOptions, addressKey } from './address-key.ts'
export type { RateLimitOptions } from './options.ts'
export { type RateLimiter, type RateLimitStatus, rateLimit } from './rate-limit.ts'
export { type MemoryStoreOptions, memoryStore } from './stores/memory.ts'
export type { Consumption, RateLimitPolicy, RateLimitStore, RateLimitStoreFactory } from './stores/store.ts'
