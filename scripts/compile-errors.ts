import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.ts'

/**
 * Compiles programs as code of a package and returns the messages of those that do not compile, by name.
 *
 * @param home The package's folder, whose dependencies the programs can import.
 * @param preamble The code that every program begins with.
 */
export function compileErrors(
  home: string,
  preamble: string,
  programs: Readonly<Record<string, string>>,
): Map<string, string> {
  mkdirSync(join(home, '.build'), { recursive: true })
  const folder = mkdtempSync(join(home, '.build', 'compile-errors-'))
  try {
    const names = Object.keys(programs)
    for (const [index, name] of names.entries()) {
      writeFileSync(join(folder, `program-${index}.ts`), `${preamble}\n${programs[name]}\nexport {}\n`)
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
    return messagesIn(compile(folder), names)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const configuration = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    isolatedDeclarations: false,
    declaration: false,
    declarationMap: false,
    noUnusedLocals: false,
    types: ['node'],
  },
  include: ['*.ts'],
}

function compile(folder: string): string {
  const tsc = join(root, 'node_modules/.bin/tsc')
  try {
    return execFileSync(tsc, ['-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

/** A message continues in the indented lines below it. */
function messagesIn(output: string, names: readonly string[]): Map<string, string> {
  const messages = new Map<string, string>()
  let name = ''
  for (const line of output.trimEnd().split('\n')) {
    const index = /^program-(\d+)\.ts\(/.exec(line)?.[1]
    if (index !== undefined) name = names[Number(index)]!
    else if (!/^\s|^$/.test(line)) throw new Error(`The compiler reports something else: ${line}`)
    messages.set(name, `${messages.get(name) ?? ''}${line}\n`)
  }
  return messages
}
