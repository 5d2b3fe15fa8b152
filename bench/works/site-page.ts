/** The page of the work `site` that every contender must send. */
import { books } from './site-data.ts'

/** Returns the expected page in the form of {@link normalized}. */
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

/** Removes differences between templates: whitespace around tags, `&#39;` or `&#x27;`, `<meta … />`. */
export function normalized(page: string): string {
  return page
    .replaceAll(/\s*(<[^>]*>)\s*/g, '$1')
    .replaceAll(/\s*\/>/g, '>')
    .replaceAll(/&#39;|&#x27;|&apos;/gi, "'")
    .replaceAll(/&#34;|&#x22;|&quot;/gi, '"')
    .replaceAll('&#38;', '&amp;')
    .trim()
}

/** Returns the number of the visit on a page. */
export function visitsOf(page: string): number {
  const visits = /<p>Visit (\d+)<\/p>/.exec(page)?.[1]
  if (visits === undefined) throw new Error(`a page without the number of the visit: ${page.slice(0, 500)}`)
  return Number(visits)
}

// Quotes do not have to be escaped in text, so they are compared unescaped.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
