/** The application of the soak test. */
import { type Application, json, stream, text } from '@tsgi/core'

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const page = 'x'.repeat(1024 * 1024)

async function* slowly(): AsyncGenerator<string> {
  for (let n = 0; n < 10; n++) {
    await wait(100)
    yield `${n}\n`
  }
}

export const application: Application = async ({ pathInfo, request }) => {
  switch (pathInfo) {
    case '/slow':
      await wait(300)
      return text('slow')
    case '/page':
      return text(page)
    case '/stream':
      return stream(slowly())
    case '/upload':
      return json((await request.text()).length)
    default:
      return text('hello')
  }
}
