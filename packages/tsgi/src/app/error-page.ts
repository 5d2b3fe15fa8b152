/** The page that `tsgi dev` shows for an error. */
import { type Environ, html, text } from '@tsgi/core'
import { describe, messageOf } from '@tsgi/core/options'
import { Youch } from 'youch'
import { shorten } from '../devtools/record/shorten.ts'

const MAX_MESSAGE = 10_000
const MAX_STACK = 50_000

export function acceptsHtml(headers: Environ['headers']): boolean {
  return headers.get('accept')?.includes('text/html') === true
}

/**
 * Returns a page with the source of the error if the client accepts HTML, otherwise the stack as text. Never rejects, even if
 * reading the error throws.
 */
export async function errorPage(thrown: unknown, environ: Environ): Promise<Response> {
  const init = { status: 500, headers: { 'cache-control': 'no-store' } }
  try {
    return await pageOf(thrown, environ, init)
  } catch {
    return text(`${shorten(messageOf(thrown), MAX_MESSAGE)}\n`, init)
  }
}

async function pageOf(
  thrown: unknown,
  { headers, method, request }: Environ,
  init: ResponseInit,
): Promise<Response> {
  const error = withoutLongTexts(
    thrown instanceof Error ? thrown : new TypeError(`${describe(thrown)} was thrown, which is not an Error`),
  )
  if (!acceptsHtml(headers)) return text(`${error.stack}\n`, init)
  const page = await new Youch().toHTML(error, {
    title: 'The application failed',
    request: { url: request.url, method, headers: Object.fromEntries(headers) },
  })
  return html(page, init)
}

/** A message may contain a whole document. Its end is cut off, so that the stack behind it is still shown. */
function withoutLongTexts(error: Error): Error {
  const { name, message, stack = '', cause } = error
  if (message.length <= MAX_MESSAGE && stack.length <= MAX_STACK) return error
  const short = shorten(message, MAX_MESSAGE)
  const copy = new Error(short, { cause })
  return Object.assign(copy, {
    name,
    stack: shorten(
      stack.replace(message, () => short),
      MAX_STACK,
    ),
  })
}
