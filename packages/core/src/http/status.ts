/**
 * The reason phrases of the statuses below 400 in the IANA registry (RFC 9110 §15 and the RFCs registered there). They are
 * apart from those of errors, because fetch handlers only need the latter.
 */
export const reasonPhrases: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
}

/** The reason phrases of errors. */
const errorPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
}

/** Returns the reason phrase of a status from 400 to 599. */
export function errorPhrase(status: number): string {
  return errorPhrases[status] ?? 'Unknown'
}

/**
 * The reason phrase of a status code, or `Unknown` for an unregistered one.
 *
 * @example
 * ```ts
 * import { reasonPhrase } from '@tsgi/core/gateway'
 *
 * reasonPhrase(404) // => 'Not Found'
 * reasonPhrase(299) // => 'Unknown'
 * ```
 */
export function reasonPhrase(status: number): string {
  return reasonPhrases[status] ?? errorPhrase(status)
}

/** The statuses whose responses have no body (Fetch standard, "null body status"). */
export const nullBodyStatuses: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])

/**
 * Returns whether a response of this status has no body (Fetch standard, "null body status").
 *
 * @example
 * ```ts
 * import { isNullBodyStatus } from '@tsgi/core/gateway'
 *
 * isNullBodyStatus(304) // => true
 * isNullBodyStatus(404) // => false
 * ```
 */
export function isNullBodyStatus(status: number): boolean {
  return nullBodyStatuses.has(status)
}

/** @throws TypeError if a reason phrase would end the status line. `Response` checks it, but others of its kind do not. */
export function checkReason(phrase: string): void {
  if (NOT_A_REASON.test(phrase)) {
    throw new TypeError('The reason phrase of the response holds a control character')
  }
}

/** RFC 9112 §4 */
const NOT_A_REASON = /[^\t\x20-\x7e\x80-\xff]/
