/** An error of the user, printed without its stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** The exit code: 2 if the command line is invalid, 1 if the command failed, 130 if the user cancelled it. */
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}
