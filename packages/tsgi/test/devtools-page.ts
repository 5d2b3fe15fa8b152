/** Reads the page of the devtools as a test needs it. */
import type { Client } from '@tsgi/core/testing'

/** A request on the page. */
export interface ShownRequest {
  /** Time, method, path, status and duration, as one line. */
  readonly summary: string
  /** The layers, each indented by its depth, with what is noted about it. */
  readonly layers: readonly string[]
  /** The keys that layers have added, with the layer. */
  readonly keys: readonly string[]
  readonly html: string
}

export class DevtoolsPage {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }

  static async read(web: Client): Promise<DevtoolsPage> {
    const response = await web.get('/__tsgi')
    return new DevtoolsPage(await response.text())
  }

  /** The latest first. */
  get requests(): ShownRequest[] {
    return this.section('requests').split('<details id="request-').slice(1).map(readRequest)
  }

  /** The text of a section. */
  text(id: string): string {
    return textOf(this.section(id))
  }

  section(id: string): string {
    const [, html = ''] =
      new RegExp(`<section aria-labelledby="${id}">(.*?)</section>`, 's').exec(this.html) ?? []
    return html
  }
}

function readRequest(html: string): ShownRequest {
  const rows = [...html.matchAll(/<tr><th scope="row" class="depth-(\d+)">(.*?)<\/th>.*?<\/tr>/gs)]
  const layers = rows.map(([, depth, name]) => '  '.repeat(Number(depth)) + textOf(name!))
  const keys = rows.flatMap(([row], index) =>
    [...row.matchAll(/<span class="key">(.*?)<\/span>/g)].map(
      ([, key]) => `${layers[index]!.trim()}: ${textOf(key!)}`,
    ),
  )
  return { summary: textOf(/<summary[^>]*>(.*?)<\/summary>/.exec(html)![1]!), layers, keys, html }
}

function textOf(html: string): string {
  const text = html.replace(/<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
  return text.replace(/\s+/g, ' ').trim()
}
