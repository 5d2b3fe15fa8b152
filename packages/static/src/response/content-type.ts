import { mimes } from 'mrmime'

/** Endings that mrmime does not know. */
const OTHERS: Readonly<Record<string, string>> = {
  cur: 'image/x-icon',
  flac: 'audio/flac',
  ico: 'image/x-icon',
  jsonl: 'application/jsonl',
  m3u8: 'application/vnd.apple.mpegurl',
  mkv: 'video/matroska',
  ndjson: 'application/x-ndjson',
  tar: 'application/x-tar',
  zst: 'application/zstd',
}

/** Returns the content type for the name of a file. Text is taken for UTF-8. */
export function contentType(name: string): string {
  const dot = name.lastIndexOf('.')
  const ending = dot === -1 ? '' : name.slice(dot + 1).toLowerCase()
  const type = known(mimes, ending) ?? known(OTHERS, ending) ?? 'application/octet-stream'
  // An XML file declares its encoding itself, and the parameter would take precedence.
  return type.startsWith('text/') && type !== 'text/xml' ? `${type}; charset=utf-8` : type
}

function known(types: Readonly<Record<string, string>>, ending: string): string | undefined {
  return Object.hasOwn(types, ending) ? types[ending] : undefined
}
