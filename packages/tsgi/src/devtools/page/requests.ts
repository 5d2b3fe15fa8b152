import { answeredBy, nameOfLayer } from '../record/layer-call.ts'
import type { RequestRecord } from '../record/request-record.ts'
import { formatBytes, formatDuration, formatTime } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { onion } from './onion.ts'

/** Returns the list of the latest requests. Each can be opened to see its layers. */
export function requestsSection(requests: readonly RequestRecord[]): Markup {
  if (requests.length === 0) return markup`<p>No requests yet. Open a page of the application.</p>`
  return markup`<p>The latest ${requests.length}. Open one to see its layers: <b>before</b> is the time until a layer called the one inside, <b>after</b> the time since that one returned.</p>
${requests.map(request)}`
}

function request(record: RequestRecord): Markup {
  const { id, at, method, path, route, queryNames, root } = record
  const answer = answeredBy(root)
  return markup`<details id="request-${id}"><summary id="summary-${id}"><time datetime="${at.toISOString()}">${formatTime(at)}</time> <b class="method">${method}</b> <span class="path">${path}</span> ${statusOf(record)} <span>${durationOf(record)}</span></summary>
<dl id="layers-${id}">${item('Route', route === undefined ? 'none' : markup`<code>${route}</code>`)}
${item('Answered by', nameOfLayer(answer.layer))}
${item('Head', root.end === undefined ? 'waiting' : formatDuration(root.end))}
${item('End', endOf(record))}
${queryNames.length > 0 && item('Query', markup`${queryNames.map((name) => markup`<code>${name}</code> `)}`)}</dl>
${onion(record)}
</details>
`
}

function item(name: string, value: Markup | string): Markup {
  return markup`<div><dt>${name}</dt> <dd>${value}</dd></div>`
}

function statusOf({ status, end }: RequestRecord): Markup {
  if (status !== undefined) {
    return markup`<span class="${status >= 500 ? 'status bad' : 'status'}">${status}${status === 101 && ' WebSocket'}</span>`
  }
  if (end === undefined) return markup`<span class="status">waiting</span>`
  return end.aborted
    ? markup`<span class="status">client left</span>`
    : markup`<span class="status bad">timed out</span>`
}

function durationOf({ end, root }: RequestRecord): string {
  if (end !== undefined) return formatDuration(end.at)
  return root.end === undefined ? '' : 'streaming'
}

function endOf({ end }: RequestRecord): string {
  if (end === undefined) return 'not yet'
  return `${formatDuration(end.at)}, ${formatBytes(end.bytes)}${end.aborted ? ', cut off' : ''}`
}
