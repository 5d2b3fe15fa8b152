/** Serves the application of `runtimes/` on the engine. */
import type { AddressInfo } from 'node:net'
import { application } from '../../runtimes/app.ts'
import { engineFor } from './serve.ts'

const { server } = engineFor(application)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
