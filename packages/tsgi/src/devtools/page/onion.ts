import { answeredBy, type LayerCall, nameOfLayer, timesOf } from '../record/layer-call.ts'
import type { RequestRecord } from '../record/request-record.ts'
import { formatDuration } from './format.ts'
import { type Markup, markup } from './markup.ts'

/** Returns the table of the layers that a request has passed through, the outermost first. */
export function onion(record: RequestRecord): Markup {
  const outermost = outermostOf(record.root)
  const total = record.end?.at ?? outermost.end ?? 0
  const answer = answeredBy(record.root)
  const row = (call: LayerCall, depth: number): Markup[] => [
    layerRow(call, { depth, total, isAnswer: call === answer }),
    ...call.inside.flatMap((inner) => row(inner, depth + 1)),
  ]
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Layers of request ${record.id}"><table class="onion">
<thead><tr><th scope="col">Layer</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Total</th><th scope="col">Status</th><th scope="col">Timeline</th><th scope="col">Adds to the environ</th></tr></thead>
<tbody>${row(outermost, 0)}</tbody></table></div>
${record.omittedCalls > 0 && markup`<p>${record.omittedCalls} more calls of layers are not shown.</p>`}`
}

/** Leaves out an application that only stands for the stack around it. */
function outermostOf(root: LayerCall): LayerCall {
  const [only] = root.inside
  const isStack = root.inside.length === 1 && only?.layer.kind === 'middleware' && root.changes.length === 0
  return isStack ? only : root
}

interface Row {
  readonly depth: number
  /** The time that the whole line stands for, in milliseconds. */
  readonly total: number
  readonly isAnswer: boolean
}

function layerRow(call: LayerCall, { depth, total, isAnswer }: Row): Markup {
  const { layer, start, end, status, thrown, changes } = call
  const times = timesOf(call)
  const duration = (value: number | undefined) => (value === undefined ? '' : formatDuration(value))
  const note = isAnswer && layer.kind === 'middleware' && markup` <em>ended the request</em>`
  return markup`<tr><th scope="row" class="depth-${Math.min(depth, MAX_DEPTH)}"><span class="${layer.kind}">${nameOfLayer(layer)}</span>${note}${thrown !== undefined && markup` <em class="bad">threw ${thrown}</em>`}</th>
<td>${duration(times?.before)}</td><td>${duration(times?.after)}</td><td>${end === undefined ? 'waiting' : duration(end - start)}</td><td>${status}</td>
<td>${timeLine(call, total)}</td><td>${changes.map(({ key, type, isReplaced }) => markup`<span class="key"><code>${key}</code> ${isReplaced ? 'replaced' : type}</span> `)}</td></tr>
`
}

/** The deepest level that is indented. */
const MAX_DEPTH = 12

/** A bar from the start to the end of a call; the part in which layers inside ran is lighter. */
function timeLine({ start, end, inside }: LayerCall, total: number): Markup {
  const scale = total > 0 ? 100 / total : 0
  const bar = (from: number, to: number, name: string) =>
    markup`<rect class="${name}" x="${(from * scale).toFixed(2)}" width="${Math.max((to - from) * scale, 0.5).toFixed(2)}" height="8"/>`
  const stop = Math.min(end ?? total, total)
  const inner = inside.map((call) => bar(call.start, Math.min(call.end ?? stop, stop), 'inside'))
  return markup`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${bar(Math.min(start, stop), stop, 'own')}${inner}</svg>`
}
