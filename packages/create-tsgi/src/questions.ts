/** The questions to a user at a terminal. */
import { createInterface } from 'node:readline/promises'
import { CommandError } from './command-error.ts'
import { type CommandLine, oneOf, piecesOf } from './command-line.ts'
import { type KindName, kindNames, kinds } from './kinds.ts'
import { isClone } from './manifest.ts'
import { type PackageManager, packageManagers } from './package-managers.ts'
import { noSuchPiece } from './project.ts'
import { checkEmpty, nameOf } from './target.ts'

type Answers = { readonly [Key in keyof CommandLine]: NonNullable<CommandLine[Key]> }

/** Asks one question. An empty answer is the default. An answer that `read` throws on is asked again. */
type Ask = <Value>(question: string, defaultAnswer: string, read: (answer: string) => Value) => Promise<Value>

/**
 * Asks for what the command line lacks.
 *
 * @throws CommandError if the user cancels with Ctrl+C or Ctrl+D.
 */
export async function askQuestions(given: CommandLine, packageManager: PackageManager): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const cancelled = new AbortController()
  terminal.once('SIGINT', () => cancelled.abort()).once('close', () => cancelled.abort())
  const ask: Ask = async (question, defaultAnswer, read) => {
    for (;;) {
      const { signal } = cancelled
      const answer = await terminal.question(`${question} (${defaultAnswer}): `, { signal }).catch(() => {
        throw new CommandError('cancelled, nothing was created', 130)
      })
      try {
        return read(answer.trim() || defaultAnswer)
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        console.log(`  ${error.message}`)
      }
    }
  }
  try {
    const folder = given.folder ?? (await ask('Folder', 'my-app', readFolder))
    const kind = given.kind ?? (await askKind(ask))
    const pieces = given.pieces ?? (await askPieces(ask, kind))
    const manager =
      given.packageManager ??
      (await ask(`Package manager: ${packageManagers.join(', ')}`, packageManager, (answer) =>
        oneOf('pm', answer, packageManagers),
      ))
    const install =
      given.install ??
      (await ask('Install the packages now? yes or no', isClone() ? 'no' : 'yes', readYesOrNo))
    return { folder, kind, pieces, packageManager: manager ?? packageManager, install }
  } finally {
    terminal.close()
  }
}

function readFolder(answer: string): string {
  nameOf(answer)
  checkEmpty(answer)
  return answer
}

function readYesOrNo(answer: string): boolean {
  if (/^y(es)?$/i.test(answer)) return true
  if (/^no?$/i.test(answer)) return false
  throw new CommandError(`answer yes or no, got '${answer}'`, 2)
}

async function askKind(ask: Ask): Promise<KindName> {
  for (const name of kindNames) console.log(`  ${name.padEnd(12)}${kinds[name].description}`)
  return (await ask('Kind', 'site', (answer) => oneOf('kind', answer, kindNames))) ?? 'site'
}

async function askPieces(ask: Ask, kind: KindName): Promise<readonly string[]> {
  const pieces = kinds[kind].pieces
  const names = Object.keys(pieces)
  if (names.length === 0) return []
  for (const name of names) console.log(`  ${name.padEnd(12)}${pieces[name]!.description}`)
  return ask("Pieces of the stack, or 'none'", names.join(','), (answer) => readPieces(answer, kind))
}

function readPieces(answer: string, kind: KindName): readonly string[] {
  const chosen = piecesOf(answer) ?? []
  const unknown = chosen.find((piece) => !Object.hasOwn(kinds[kind].pieces, piece))
  if (unknown !== undefined) throw new CommandError(noSuchPiece(kind, unknown), 2)
  return chosen
}
