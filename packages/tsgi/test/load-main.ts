/** Loads modules in a process of its own, because Vitest loads them in another way than Node. */
import { client } from '@tsgi/core/testing'
import { loadApplication } from '../src/app/load-application.ts'

/** What the application of a module responded, or why it could not be loaded. */
export type Loaded =
  | {
      readonly texts: readonly string[]
      readonly problems: readonly string[]
      readonly members: readonly string[]
    }
  | { readonly error: string; readonly message: string }

process.on('message', async (file: string) => process.send!(await load(file)))

async function load(file: string): Promise<Loaded> {
  try {
    const application = await loadApplication(file)
    const problems: string[] = []
    const errors = { write: (problem: unknown) => void problems.push((problem as Error).message) }
    const web = client((environ) => application(environ), { errors })
    const ask = async () => (await web.get('/a/b?c')).text()
    return { texts: [await ask(), await ask()], problems, members: Object.keys(application) }
  } catch (error) {
    const { name, message } = error as Error
    return { error: name, message }
  }
}
