/** A value of a metric. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * Parses Prometheus's text format 0.0.4.
 *
 * @throws if a line is malformed, a sample has no type, appears twice or is apart from others of its metric, or if a
 *   histogram is not cumulative or complete.
 */
export function parseMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line is not complete')
  const samples: Sample[] = []
  const types = new Map<string, string>()
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [, keyword, metric, rest] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? []
    if (keyword === 'TYPE') {
      if (types.has(metric!)) throw new Error(`${metric} has two types`)
      types.set(metric!, rest!)
      current = metric!
    }
    if (keyword !== undefined) continue
    const [, name, list = '', number] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? fail(line)
    const owner = types.get(current) === 'histogram' ? name!.replace(/_(?:bucket|sum|count)$/, '') : name
    if (owner !== current) throw new Error(`${name} is not among the samples of its metric`)
    const pairs = [...list.matchAll(/([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy)]
    if (pairs.map(([pair]) => pair).join('') !== list || list.endsWith(',')) fail(line)
    const labels = Object.fromEntries(pairs.map(([, label, value]) => [label, unescapeLabel(value!)]))
    const sample = { name: name!, labels, value: Number(number) }
    if (Number.isNaN(sample.value)) fail(line)
    const key = JSON.stringify([name, Object.entries(labels).sort()])
    if (seen.has(key)) throw new Error(`twice: ${line}`)
    seen.add(key)
    samples.push(sample)
  }
  checkHistograms(samples)
  return samples
}

/** Returns the number of requests by the labels of their histogram, joined by spaces. */
export function countsOf(samples: readonly Sample[]): Record<string, number> {
  const counts = samples.filter(({ name }) => name === 'tsgi_http_request_duration_seconds_count')
  return Object.fromEntries(
    counts.map(({ labels: { method, route, status }, value }) => [`${method} ${route} ${status}`, value]),
  )
}

function checkHistograms(samples: readonly Sample[]): void {
  let before: Sample | undefined
  for (const sample of samples) {
    const { name, labels, value } = sample
    if (name.endsWith('_bucket')) {
      const isNext = before !== undefined && before.labels.le !== '+Inf'
      if (
        isNext &&
        (value < before!.value ||
          !(Number(labels.le!.replace('+Inf', 'Infinity')) > Number(before!.labels.le)))
      ) {
        throw new Error(`${name} is not cumulative: ${before!.value}, ${value}`)
      }
      before = sample
    }
    if (name.endsWith('_count') && (before?.labels.le !== '+Inf' || before.value !== value)) {
      throw new Error(`${name} is not that of the last bucket`)
    }
  }
}

function unescapeLabel(value: string): string {
  return value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
}

function fail(line: string): never {
  throw new Error(`malformed: ${line}`)
}
