/** Media types of text, and of binary formats that are not compressed themselves. */
const COMPRESSIBLE =
  /^(?:text\/.+|.+\+(?:json|xml|text|yaml)|application\/(?:json|jsonl|json5|x-ndjson|xml|xml-dtd|javascript|x-javascript|ecmascript|wasm|graphql|sql|yaml|toml|rtf|x-www-form-urlencoded|x-sh|vnd\.ms-fontobject)|font\/(?:ttf|otf|collection)|image\/(?:bmp|x-icon|vnd\.microsoft\.icon))$/

/** Reports whether a body of a media type becomes smaller when it is compressed. */
export function isCompressible(type: string): boolean {
  return COMPRESSIBLE.test(type)
}
