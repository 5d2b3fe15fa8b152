/** Step 5: the application on the engine. */
import { engineFor } from '../serve.ts'
import { application } from './application.ts'
import { report } from './report.ts'

report(engineFor(application).server)
