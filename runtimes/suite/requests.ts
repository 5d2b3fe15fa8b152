import { deepEqual, equal, match } from 'node:assert/strict'
import { answerTo, cases, type Site } from './site.ts'

export const requests = cases('Requests', {
  'method, scheme, host and query are those of the request': async (site) => {
    const { method, scheme, host, queryString } = await seen(site, '/where?a=1&a=%20')
    deepEqual([method, scheme, host, queryString], ['GET', 'http', site.host, 'a=1&a=%20'])
  },
  'host comes from the Host field': async (site) => {
    const host = site.host.replace('127.0.0.1', 'example.test')
    const opened = site.open('/where', { headers: { host } })
    opened.end()
    equal(((await body(opened)) as Record<string, string>).host, host)
  },
  'remoteAddress is the address of the client': async (site) => {
    equal((await seen(site, '/where')).remoteAddress, '127.0.0.1')
  },
  'repeated header fields are joined': async (site) => {
    const opened = site.open('/header', { headers: { 'x-test': ['1', '2'] } })
    opened.end()
    equal(await body(opened), '1, 2')
  },
  'a header field of 7 KB arrives': async (site) => {
    equal(await site.json('/header', { headers: { 'x-test': 'x'.repeat(7_000) } }), 'x'.repeat(7_000))
  },
  'any method can be routed, such as PROPFIND': async (site) => {
    const response = await site.fetch('/methods', { method: 'PROPFIND' })
    deepEqual([response.status, await response.text()], [200, 'PROPFIND'])
  },
})

export const paths = cases('Paths', {
  'params are decoded, and %2F is not a separator': async (site) => {
    deepEqual(await site.json('/files/a%20b/c%2Fd/%C3%BC'), ['a b', 'c/d', 'ü'])
  },
  'a path that cannot be decoded gets a 400': async (site) => {
    match(await site.raw(head('GET', `${site.prefix}/files/%E0%A4%A`, site)), /^HTTP\/1\.1 400/)
  },
  'doubled and trailing slashes are kept': async (site) => {
    equal((await seen(site, '/slashes//a/')).pathInfo, '//a/')
  },
  'dot segments are resolved before routing': async (site) => {
    const answer = await site.raw(head('GET', `${site.prefix}/nowhere/../where`, site))
    match(answer, /"pathInfo":"\/where"/)
  },
  'the query is validated': async (site) => {
    deepEqual(await site.json('/query?n=7&tag=a&tag=b%26+c'), { n: 7, tag: ['a', 'b& c'] })
    equal((await site.fetch('/query?n=x&tag=a')).status, 422)
  },
})

function head(method: string, target: string, { host }: Site): string {
  return `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
}

async function seen(site: Site, path: string): Promise<Record<string, string>> {
  return (await site.json(path)) as Record<string, string>
}

async function body(opened: ReturnType<Site['open']>): Promise<unknown> {
  return JSON.parse(await (await answerTo(opened)).rest())
}
