/** An error that the command reports in one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** The exit code: 2 if the command line is invalid, 1 if the command failed. */
  readonly exitCode: number

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
