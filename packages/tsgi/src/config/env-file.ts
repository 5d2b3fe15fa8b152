/** Sets the variables in the file .env of the current folder, if there is one. Variables that are set keep their values. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') console.error(`tsgi: .env cannot be read: ${message}`)
  }
}
