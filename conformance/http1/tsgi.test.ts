import { start } from '../../packages/server/test/start.ts'
import { describeHttp1 } from './suite.ts'

describeHttp1('serve() on @tsgi/http1', (app) => start(app, { engine: 'tsgi' }))
