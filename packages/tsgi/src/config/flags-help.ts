import type { Flag } from './flag-kinds.ts'
import { flagName, flags } from './flags.ts'

/** Returns the help of the flags, in columns. */
export function flagsHelp(): string {
  const rows = Object.entries<Flag>(flags).map(([member, flag]) => {
    return [[flagName(member), flag.value].filter(Boolean).join(' '), flag.help] as const
  })
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${wrap(help, width + 4)}\n`).join('')
}

/** Breaks text into lines of at most 109 columns; all but the first are indented. */
function wrap(help: string, indent: number): string {
  const lines = ['']
  for (const word of help.split(' ')) {
    const line = lines.at(-1)!
    if (indent + line.length + word.length >= 109) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
