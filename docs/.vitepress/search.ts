/**
 * Splits text into words for the search. Chinese has no spaces between words, so they are found with `Intl.Segmenter`.
 * VitePress copies the function into the page: it must not use anything from outside.
 */
export function tokenize(text: string): string[] {
  return text.split(/[\n\r\p{Z}\p{P}]+/u).flatMap((part) => {
    if (!/\p{Script=Han}/u.test(part)) return part === '' ? [] : [part]
    const words = new Intl.Segmenter('zh', { granularity: 'word' }).segment(part)
    return [...words].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment)
  })
}
