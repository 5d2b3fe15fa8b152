/**
 * The page of the guestbook.
 */
import { type Markup, markup, page } from '@tsgi/templates/markup'
import type { Entry } from './entries.ts'

/** Renders an entry, for the page and for the tabs that are open. */
export function article({ id, author, message }: Entry): Markup {
  return markup`
    <article data-id="${id}">
      <p>${message}</p>
      <footer>${author}</footer>
    </article>`
}

interface Book {
  readonly nonce: string
  readonly entries: readonly Entry[]
  /** What the visitor has typed, if it is not valid, and why. */
  readonly typed?: { readonly author?: unknown; readonly message?: unknown } | undefined
  readonly problem?: string | undefined
}

export function book({ nonce, entries, typed, problem }: Book, init?: ResponseInit): Response {
  return page(
    markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Live guestbook</title>
    <link rel="stylesheet" href="/style.css">
    <script nonce="${nonce}" type="module" src="/live.js"></script>
  </head>
  <body>
    <h1>Guestbook</h1>
    <form method="post" action="/entries">
      <label>Your name <input name="author" autocomplete="name" value="${String(typed?.author ?? '')}"></label>
      <label>Your message <textarea name="message" rows="3">
${String(typed?.message ?? '')}</textarea></label>
      ${problem && markup`<p class="problem" role="alert">${problem}</p>`}
      <button>Sign the book</button> <output></output>
    </form>
    <div id="entries" aria-live="polite">${entries.map(article)}</div>
  </body>
</html>`,
    init,
  )
}
