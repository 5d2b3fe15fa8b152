/** A failure that the command reports in one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** What the process exits with: 2 where the command line is wrong, 1 where its execution failed. */
  readonly exitCode: number

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
