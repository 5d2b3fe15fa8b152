import { describe, expect, it } from 'vitest'
import { tables } from '../../../../conformance/http1/tables/index.ts'
import { cuts } from '../../../../conformance/http1/talk.ts'
import { compare } from '../../test/differential.ts'
import { seenByNode } from '../../test/seen-by-node.ts'
import { stricter } from '../../test/stricter.ts'

/** More bytes would only take long, one at a time. */
const LARGE = 10_000

describe.each(Object.entries(tables))('%s', (_, table) => {
  const rows = table.filter(([, bytes]) => bytes.length < LARGE)

  it.each(rows)('is read like node:http in any pieces, or rejected: %s', async (_, text) => {
    const inputs = Object.values(cuts).map((cut) => cut(Buffer.from(text, 'latin1')))
    const seen = await seenByNode(inputs)
    for (const [at, pieces] of inputs.entries()) {
      const reason = compare(pieces, seen[at]!)
      if (reason !== undefined) expect([...stricter.keys()]).toContain(reason)
    }
  })
})
