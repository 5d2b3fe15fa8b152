import { expect, it } from 'vitest'
import { fetchAlone, type Server, startServer } from './test/server.ts'

/** The processes that sent a number of responses. */
async function processes({ url }: Server): Promise<Set<string>> {
  const responses = await Promise.all(Array.from({ length: 8 }, () => fetchAlone(url)))
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
  const texts = await Promise.all(responses.map((response) => response.text()))
  for (const text of texts) expect(text).toMatch(/^Hello from process \d+$/)
  return new Set(texts)
}

it('serves a Hono app in two workers, and loses no request during a reload', async () => {
  await using server = await startServer('hono-app.ts')
  const { master } = server
  const before = await processes(server)
  expect(before.size).toBe(2)
  expect((await fetchAlone(`${server.url}/nothing`)).status).toBe(404)

  master.signal('SIGHUP')
  do expect((await processes(server)).size).toBeGreaterThan(0)
  while (!master.output.includes('tsgi: reloaded'))
  const after = await processes(server)
  expect(after.size).toBe(2)
  expect([...after].filter((text) => before.has(text))).toEqual([])

  master.signal('SIGTERM')
  expect(await master.exit).toBe(0)
})
