const SPECIAL = /[&<>"'`]/

/** The entity of each special character, indexed by character code; empty for the codes between them. */
const ENTITIES: readonly string[] = Array.from({ length: '`'.charCodeAt(0) + 1 }, (_, code) => {
  switch (String.fromCharCode(code)) {
    case '&':
      return '&amp;'
    case '<':
      return '&lt;'
    case '>':
      return '&gt;'
    case '"':
      return '&quot;'
    case "'":
      return '&#39;'
    case '`':
      return '&#96;'
    default:
      return ''
  }
})

/** Escapes text for use between tags and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  const first = text.search(SPECIAL)
  if (first === -1) return text
  let escaped = ''
  let from = 0
  for (let at = first; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= ENTITIES.length) continue
    const entity = ENTITIES[code]!
    if (entity === '') continue
    escaped += text.slice(from, at) + entity
    from = at + 1
  }
  return escaped + text.slice(from)
}
