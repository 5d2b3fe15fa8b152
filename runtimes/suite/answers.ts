import { deepEqual, equal, match } from 'node:assert/strict'
import { cases, type Site } from './site.ts'

export const errors = cases('Errors', {
  'an HttpError becomes problem details': async (site) => {
    const response = await site.fetch('/errors/known')
    equal(response.status, 409)
    equal(response.headers.get('content-type'), 'application/problem+json')
    equal(response.headers.get('retry-after'), '7')
    deepEqual(await response.json(), {
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'The name <ada> is taken.',
      by: 'ada',
    })
  },
  'an HttpError becomes a page if the client prefers HTML': async (site) => {
    const response = await site.fetch('/errors/known', { headers: { accept: 'text/html, */*;q=0.1' } })
    equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    match(await response.text(), /<h1>409 Conflict<\/h1><p>The name &#60;ada&#62; is taken\./)
  },
  'an unexpected error becomes a 500 without details': async (site) => {
    for (const path of ['/errors/broken', '/errors/rejected', '/errors/nothing']) {
      const response = await site.fetch(path)
      equal(response.status, 500, path)
      deepEqual(await response.json(), { type: 'about:blank', title: 'Internal Server Error', status: 500 })
    }
  },
  'an unexpected error is logged in full on standard error': async (site) => {
    await site.fetch('/errors/broken')
    match(site.output(), /the password is hunter2\n +at /)
  },
  'an unknown path gets a 404': async (site) => {
    deepEqual(await (await site.fetch('/nobody')).json(), {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
    })
  },
  'an unsupported method gets a 405 with Allow': async (site) => {
    const response = await site.fetch('/methods', { method: 'DELETE' })
    deepEqual([response.status, response.headers.get('allow')], [405, 'GET, PROPFIND, HEAD, OPTIONS'])
  },
  'OPTIONS returns the allowed methods': async (site) => {
    const response = await site.fetch('/methods', { method: 'OPTIONS' })
    deepEqual([response.status, response.headers.get('allow')], [204, 'GET, PROPFIND, HEAD, OPTIONS'])
  },
})

export const heads = cases('Responses without a body', {
  'HEAD gets the response of GET without the body': async (site) => {
    const answers = await two(site, 'HEAD', '/where')
    match(answers, /^HTTP\/1\.1 200.*?content-type: application\/json.*?\r\n\r\nHTTP\/1\.1 200/is)
  },
  'HEAD does not start a streamed body': async (site) => {
    const id = crypto.randomUUID()
    match(await two(site, 'HEAD', `/flood/${id}`), /^HTTP\/1\.1 200.*?\r\n\r\nHTTP\/1\.1 200/s)
    deepEqual(await site.notes(id), [])
  },
  '204 and 304 have no body': async (site) => {
    match(await two(site, 'OPTIONS', '/methods'), /^HTTP\/1\.1 204.*?\r\n\r\nHTTP\/1\.1 200/s)
    match(await two(site, 'GET', '/not-modified'), /^HTTP\/1\.1 304.*?etag: "1".*?\r\n\r\nHTTP\/1\.1 200/is)
  },
})

/** Returns the responses to two requests on one connection. A body after the first head would separate the heads. */
function two(site: Site, method: string, path: string): Promise<string> {
  const first = `${method} ${site.prefix}${path} HTTP/1.1\r\nHost: ${site.host}\r\n\r\n`
  const second = `GET ${site.prefix}/steps HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`
  return site.raw(first + second)
}
