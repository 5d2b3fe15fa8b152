/** The table of the README: what holds where, and notes on what does not. */
import { exceptionOf, exceptions } from './exceptions.ts'
import type { Outcomes } from './measure.ts'
import { runtimes } from './runtimes.ts'
import { suite } from './suite.ts'

export const BEGIN = '<!-- The table is written by update-table.ts, from a run of the suite. -->\n'
export const END = '<!-- End of the table. -->\n'

/** The table in Markdown. Of a runtime that was not measured, it says what is expected. */
export function tableOf(measured: ReadonlyMap<string, Outcomes>): string {
  const lines = ['| |', '|---|'].map(
    (line, index) => line + runtimes.map(({ name }) => (index === 0 ? ` ${name} |` : ':-:|')).join(''),
  )
  let feature = ''
  for (const each of suite) {
    if (each.feature !== feature) {
      feature = each.feature
      lines.push(`| **${feature}** |${' |'.repeat(runtimes.length)}`)
    }
    const cells = runtimes.map(({ name }) => {
      const exception = exceptionOf(name, each)
      const outcomes = measured.get(name)
      const holds = outcomes === undefined ? exception === undefined : outcomes.get(each) === undefined
      return holds ? '✓' : `–${exception === undefined ? '' : superscript(exceptions.indexOf(exception) + 1)}`
    })
    lines.push(`| ${each.name} | ${cells.join(' | ')} |`)
  }
  const notes = exceptions.map(({ why }, index) => `${superscript(index + 1)} ${why}`)
  return `\n${lines.join('\n')}\n\n${notes.join('<br>\n')}\n\n`
}

function superscript(number: number): string {
  return String(number).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)
}
