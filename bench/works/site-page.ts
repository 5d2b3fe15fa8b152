/** The page of the work `site`, as every contender has to answer it. */
import { books } from './site-data.ts'

/** The page, as {@link normalized} leaves it. */
export function expectedPage(visits: number, messages: readonly string[]): string {
  const rows = books.map(
    ({ number, title, author, note }) =>
      `<tr><td>${number}</td><td>${escaped(title)}</td><td>${escaped(author)}</td><td>${escaped(note)}</td></tr>`,
  )
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Books</title></head><body class="dark">',
    `<header><h1>Books</h1><p>Visit ${visits}</p></header>`,
    ...messages.map((message) => `<p class="flash">${message}</p>`),
    '<table><thead><tr><th>Number</th><th>Title</th><th>Author</th><th>Note</th></tr></thead>',
    `<tbody>${rows.join('')}</tbody></table>`,
    '<footer>50 books</footer></body></html>',
  ].join('')
}

/** Without what templates may write in different ways: whitespace around tags, `&#39;` or `&#x27;`, `<meta … />`. */
export function normalized(page: string): string {
  return page
    .replaceAll(/\s*(<[^>]*>)\s*/g, '$1')
    .replaceAll(/\s*\/>/g, '>')
    .replaceAll(/&#39;|&#x27;|&apos;/gi, "'")
    .replaceAll(/&#34;|&#x22;|&quot;/gi, '"')
    .replaceAll('&#38;', '&amp;')
    .trim()
}

/** The number of the visit that a page shows. */
export function visitsOf(page: string): number {
  const visits = /<p>Visit (\d+)<\/p>/.exec(page)?.[1]
  if (visits === undefined) throw new Error(`a page without the number of the visit: ${page.slice(0, 500)}`)
  return Number(visits)
}

// Quotes need no escaping in text, and are compared unescaped.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
