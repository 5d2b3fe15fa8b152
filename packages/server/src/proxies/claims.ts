import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from '@tsgi/core'
import { listElements } from '@tsgi/core/http'
import { parseForwarded } from './forwarded.ts'

/** The values that proxies have sent, the nearest proxy last. */
export interface Claims {
  /** `''` for a missing address. */
  readonly addresses: readonly string[]
  readonly protos: readonly (string | undefined)[]
  readonly hosts: readonly (string | undefined)[]
}

export function readXForwarded(headers: IncomingHttpHeaders): Claims {
  return {
    addresses: list(headers['x-forwarded-for']),
    protos: list(headers['x-forwarded-proto']),
    hosts: list(headers['x-forwarded-host']),
  }
}

/** @throws HttpError 400 if the field is malformed. */
export function readForwarded({ forwarded = '' }: IncomingHttpHeaders): Claims {
  const elements = parseForwarded(forwarded)
  if (elements === undefined) throw new HttpError(400, 'The Forwarded field is malformed.')
  return {
    addresses: elements.map((element) => element.for ?? ''),
    protos: elements.map(({ proto }) => proto),
    hosts: elements.map(({ host }) => host),
  }
}

/** Returns the elements of a list. Empty ones are ignored (RFC 9110 §5.6.1.2). */
export function list(value: string | string[] | undefined): string[] {
  return listElements(Array.isArray(value) ? value.join(',') : value)
}

/**
 * Returns the entry of the outermost trusted proxy; undefined if it is missing or empty. Each proxy appends an entry, or
 * one proxy sets the only one.
 */
export function entry(values: readonly (string | undefined)[], hops: number): string | undefined {
  return values.length === 0 ? undefined : values[Math.max(0, values.length - hops)] || undefined
}
