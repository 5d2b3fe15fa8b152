/** All there is to measure, in the order of the report. */
import type { Work } from './harness/work.ts'
import { cold } from './works/cold.ts'
import { hello } from './works/hello.ts'
import { params } from './works/params.ts'
import { stack } from './works/stack.ts'
import { validate } from './works/validate.ts'

export const works: readonly Work[] = [hello, params, validate, stack, cold]
