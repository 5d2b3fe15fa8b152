import { metadataOf } from '@tsgi/core'
import { hasRoutes, nameOf, type Route } from '../../routes/format-routes.ts'
import type { ErrorRecord } from '../record/error-list.ts'
import { type LayerCall, nameOfLayer } from '../record/layer-call.ts'
import type { Recorder } from '../record/recorder.ts'
import { formatTime } from './format.ts'
import { type Markup, markup } from './markup.ts'

/** Returns the table of an application's routes. */
export function routesSection(application: unknown): Markup {
  if (!hasRoutes(application))
    return markup`<p>The application lists no routes. A router of @tsgi/router does.</p>`
  try {
    const rows = application.routes().map(
      (route) =>
        markup`<tr><td>${route.method}</td><th scope="row"><code>${route.pattern}</code></th><td>${nameOf(route)}</td><td>${summaryOf(route)}</td></tr>
`,
    )
    return table('Routes', ['Method', 'Pattern', 'Application', 'Summary'], rows)
  } catch {
    return markup`<p>The routes cannot be shown: <code>routes()</code> throws, or does not return a list of routes.</p>`
  }
}

function summaryOf({ application }: Route): string {
  const metadata = typeof application === 'function' ? metadataOf(application as never) : []
  const { summary } = metadata.findLast(({ summary }) => summary !== undefined) ?? {}
  return summary ?? ''
}

/** Returns the table of the keys that layers have added to the environ. */
export function environSection({ requests, contractKeys }: Recorder): Markup {
  const keys = new Map<string, { readonly types: Set<string>; readonly layers: Set<string> }>()
  const collect = ({ changes, layer, inside }: LayerCall): void => {
    for (const { key, type } of changes) {
      const known = keys.get(key) ?? { types: new Set(), layers: new Set() }
      keys.set(key, known)
      known.types.add(type)
      known.layers.add(nameOfLayer(layer))
    }
    inside.forEach(collect)
  }
  for (const { root } of requests) collect(root)
  const rows = [...keys].map(
    ([key, { types, layers }]) =>
      markup`<tr><th scope="row"><code>${key}</code></th><td>${[...types].join(', ')}</td><td>${[...layers].join(', ')}</td></tr>
`,
  )
  const contract = contractKeys.map((key) => markup`<code>${key}</code> `)
  return markup`<p>What the layers of these requests have added or replaced. Values are not shown, because they may be secret.</p>
${rows.length === 0 ? markup`<p>Nothing.</p>` : table('Keys of the environ', ['Key', 'Type', 'Layer'], rows)}
${contract.length > 0 && markup`<p>Every environ also has the keys of the contract: ${contract}</p>`}`
}

/** Returns the list of the latest errors. */
export function errorsSection(errors: readonly ErrorRecord[]): Markup {
  if (errors.length === 0) return markup`<p>No errors.</p>`
  return markup`${errors.map(error)}`
}

function error({ id, at, method, path, route, layer, text, request }: ErrorRecord): Markup {
  const [first = ''] = text.split('\n')
  return markup`<details id="error-${id}"><summary id="error-summary-${id}"><time datetime="${at.toISOString()}">${formatTime(at)}</time> <b class="bad">${first.slice(0, 200)}</b></summary>
<p><a href="#layers-${request}">${method} ${path}</a>${route !== undefined && markup`, route <code>${route}</code>`}${layer !== undefined && markup`, thrown by <b>${layer}</b>`}</p>
<pre tabindex="0">${text}</pre></details>
`
}

function table(label: string, columns: readonly string[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`
}
