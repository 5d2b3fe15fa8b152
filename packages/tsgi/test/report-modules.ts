/** Preloaded by a test: on SIGUSR2, a master writes the modules that it has loaded to a file. */
import cluster from 'node:cluster'
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const files: string[] = []
registerHooks({
  load(url, context, nextLoad) {
    files.push(url)
    return nextLoad(url, context)
  },
})

const { moduleLoadList } = process as NodeJS.Process & { readonly moduleLoadList: readonly string[] }
if (cluster.isPrimary) {
  process.on('SIGUSR2', () => {
    const builtin = moduleLoadList.map((name) => name.replace(/^\w+ /, ''))
    writeFileSync(process.env.TSGI_TEST_MODULES!, JSON.stringify({ builtin, files }))
  })
}
