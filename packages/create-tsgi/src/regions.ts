/**
 * Removes the regions of a template that a project does not need. A region is the lines from `#if name` to `#endif`, each
 * in a comment of its own; with `#if !name`, it is kept if the name does not apply.
 */
export function selectRegions(text: string, applies: (name: string) => boolean): string {
  let isKept = true
  const lines = text.split('\n').filter((line) => {
    const [, keyword, negation, name] = MARKER.exec(line) ?? []
    if (keyword === undefined) return isKept
    isKept = keyword === '#endif' || applies(name!) !== (negation === '!')
    return false
  })
  return lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')
}

const MARKER = /^\s*(?:\/\/|#|<!--)\s*(#if|#endif)(?: (!?)([\w-]+))?(?: -->)?$/
