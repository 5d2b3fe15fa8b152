const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = MONTHS.join('|')
const DAY = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun'
const LONG_DAY = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday'
const TIME = String.raw`(\d\d):(\d\d):(\d\d)`

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = /* @__PURE__ */ new RegExp(`^(?:${DAY}), (\\d\\d) (${MONTH}) (\\d{4}) ${TIME} GMT$`)
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC850_DATE = /* @__PURE__ */ new RegExp(`^(?:${LONG_DAY}), (\\d\\d)-(${MONTH})-(\\d\\d) ${TIME} GMT$`)
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME_DATE = /* @__PURE__ */ new RegExp(`^(?:${DAY}) (${MONTH}) ([ \\d]\\d) ${TIME} (\\d{4})$`)

/**
 * Parses an HTTP date, such as the value of `Last-Modified`, in any of its three formats. Returns `undefined` if it is
 * not one. `Date.prototype.toUTCString` is the opposite.
 *
 * Source: RFC 9110 §5.6.7. The name of the day is not compared with the date.
 *
 * @example
 * ```ts
 * import { parseHttpDate } from '@tsgi/core/http'
 *
 * parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT') // => new Date('1994-11-06T08:49:37Z')
 * parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT') // => new Date('1994-11-06T08:49:37Z')
 * parseHttpDate('Sun Nov  6 08:49:37 1994') // => new Date('1994-11-06T08:49:37Z')
 * parseHttpDate('2099') // => undefined
 * ```
 */
export function parseHttpDate(value: string): Date | undefined {
  const fixed = IMF_FIXDATE.exec(value)
  if (fixed !== null) {
    const [, day, month, year, ...time] = fixed
    return toDate(Number(year), month!, day!, time)
  }
  const rfc850 = RFC850_DATE.exec(value)
  if (rfc850 !== null) {
    const [, day, month, year, ...time] = rfc850
    return toDate(toFullYear(Number(year)), month!, day!, time)
  }
  const asctime = ASCTIME_DATE.exec(value)
  if (asctime === null) return undefined
  const [, month, day, hours, minutes, seconds, year] = asctime
  return toDate(Number(year), month!, day!, [hours!, minutes!, seconds!])
}

/** Two digits that would be more than 50 years in the future are a year in the past. */
function toFullYear(digits: number): number {
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + digits
  return year > now + 50 ? year - 100 : year
}

/** Returns undefined if there is no such day or time. */
function toDate(year: number, month: string, day: string, time: readonly string[]): Date | undefined {
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number]
  // 60 is a leap second.
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const date = new Date(0)
  // Date.UTC would take the years 0 to 99 for those of the 20th century.
  date.setUTCFullYear(year, MONTHS.indexOf(month), Number(day))
  if (date.getUTCDate() !== Number(day)) return undefined
  date.setUTCHours(hours, minutes, seconds)
  return date
}
