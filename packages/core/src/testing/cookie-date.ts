const DELIMITERS = /[\t\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+/
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Parses the value of `Expires` as browsers do: they look for a time, a day, a month and a year, in any order and with
 * anything in between. Returns milliseconds since the epoch, or `undefined` if it is not a date.
 *
 * Source: RFC 6265bis §5.1.1.
 */
export function parseCookieDate(text: string): number | undefined {
  let time: readonly number[] | undefined
  let day: number | undefined
  let month: number | undefined
  let year: number | undefined
  for (const token of text.split(DELIMITERS)) {
    const [, hour, minute, second] = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token) ?? []
    const monthIndex = MONTHS.indexOf(token.slice(0, 3).toLowerCase())
    if (time === undefined && hour !== undefined) time = [Number(hour), Number(minute), Number(second)]
    else if (day === undefined && /^\d{1,2}(?!\d)/.test(token)) day = Number.parseInt(token, 10)
    else if (month === undefined && monthIndex !== -1) month = monthIndex
    else if (year === undefined && /^\d{2,4}(?!\d)/.test(token)) year = fullYear(Number.parseInt(token, 10))
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined
  const [hour = 0, minute = 0, second = 0] = time
  // As in Chromium: long past.
  if (year < 1601) return Number.NEGATIVE_INFINITY
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  return date.getUTCDate() === day ? date.getTime() : undefined
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900
  return year <= 69 ? year + 2000 : year
}
