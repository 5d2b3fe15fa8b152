/** What the work `rate-limit` configures. */

/** The limit for the load: requests per minute and address, never reached. */
export const generous = 100_000_000

/** The limit for the check, on the path `/strict`. */
export const strict = 2

/** The length of a window in milliseconds. */
export const window = 60_000
