/** What a client may send at most. Every bound has a default; each is a positive integer. */
export interface Limits {
  /** Bytes of the request's body; 1 MiB. More is answered 413 as soon as it is known. */
  readonly body?: number
  /** Bytes of each uploaded file; as much as `body` allows. More is answered 413. */
  readonly fileSize?: number
  /** Uploaded files; 20. More is answered 400. */
  readonly files?: number
  /** Fields of the query, of the cookies and of a form, each counted by itself; 1,000. More is answered 400. */
  readonly fields?: number
  /** How deep arrays and objects of JSON may be nested; 32. Deeper is answered 400. */
  readonly depth?: number
  /** Items and entries of all arrays and objects of JSON together; 10,000. More is answered 400. */
  readonly values?: number
  /** Bytes of the header of one part of a multipart form; 8 KiB. More is answered 400. */
  readonly partHeader?: number
}

/** The limits with their defaults. Throws a `TypeError` that names one that is no positive integer. */
export function checkLimits(given: Limits = {}): Required<Limits> {
  const body = given.body ?? 1_048_576
  const limits = {
    body,
    fileSize: given.fileSize ?? body,
    files: given.files ?? 20,
    fields: given.fields ?? 1000,
    depth: given.depth ?? 32,
    values: given.values ?? 10_000,
    partHeader: given.partHeader ?? 8192,
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(limits, name))
  if (unknown !== undefined) throw new TypeError(`args: there is no limit '${unknown}'`)
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TypeError(`args: limits.${name} must be a positive integer, got ${String(value)}`)
    }
  }
  return limits
}
