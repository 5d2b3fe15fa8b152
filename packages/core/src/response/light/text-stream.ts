/** The type of a response since Node 26, which the types do not have yet. */
interface TextStreaming {
  textStream(): ReadableStream<string>
}

/** Adds `textStream` to the prototype of light responses if this version of Node has it. */
export function addTextStream(prototype: Response): void {
  if (!('textStream' in Response.prototype)) return
  Object.defineProperty(prototype, 'textStream', {
    value: function textStream(this: Response): ReadableStream<string> {
      return (new Response(this.body) as Response & TextStreaming).textStream()
    },
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
