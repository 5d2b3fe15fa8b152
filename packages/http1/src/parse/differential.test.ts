import { describe, expect, it } from 'vitest'
import { compare, tabs } from '../../test/differential.ts'
import { type FuzzResult, fuzz } from '../../test/run-fuzz.ts'
import { isOldParser, seenByNode } from '../../test/seen-by-node.ts'
import { stricter } from '../../test/stricter.ts'

/** The first inputs of `pnpm --filter @tsgi/http1 fuzz`, which can generate any number of others. */
const INPUTS = 8_000

describe('hostile bytes', () => {
  it('are read in any pieces like node:http reads them, or rejected for a reason on the list', async () => {
    let result: FuzzResult | undefined
    for await (result of fuzz({ seed: 1, inputs: INPUTS }));
    expect(result!.inputs).toBe(INPUTS)
    // Both must have accepted and rejected much, or little was compared.
    expect(result!.same).toBeGreaterThan(INPUTS / 2)
    expect(result!.stricter.size).toBeGreaterThan(10)
  })

  it.each([...stricter])('are rejected although node:http accepts them: %s', async (reason, text) => {
    const pieces = [Buffer.from(text, 'latin1')]
    const [node] = await seenByNode([pieces])
    expect(compare(pieces, node!)).toBe(reason)
  })
  it('may follow a request of which node:http sees only the head, because it destroys the connection after PRI', async () => {
    const pieces = [Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\nPRI /\r\n\r\n')]
    const [node] = await seenByNode([pieces])
    expect(compare(pieces, node!)).toBe('The method is unknown.')
  })

  it.each([
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\t\r\n\r\nhello',
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\t\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  ])('may have a tab after a value, which node:http reads since llhttp 9.4: %j', async (text) => {
    const pieces = [Buffer.from(text, 'latin1')]
    const [node] = await seenByNode([pieces])
    expect(compare(pieces, node!)).toBe(isOldParser ? tabs : undefined)
  })
})
