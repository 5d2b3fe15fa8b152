// The steps from a bare parser to the whole contract, and what they are compared with.
export interface Step {
  /** The file in `steps/`. */
  readonly name: string
  readonly title: string
}

export const steps: readonly Step[] = [
  { name: 'node-http', title: 'node:http' },
  { name: 'tsgi-node-http', title: '@tsgi/server on node:http' },
  { name: 'bare', title: '1 bare parser' },
  { name: 'strict', title: '2 + strict parsing' },
  { name: 'limited', title: '3 + limits, timeouts' },
  { name: 'connection', title: '4 + streams, turns' },
  { name: 'tsgi', title: '5 + TSGI: the engine' },
]

/** A request, and how many of it each connection sends before it waits for responses. */
export interface Load {
  readonly title: string
  readonly request: string
  readonly depth: number
  /** The expected body. */
  readonly expected: string
}

const get = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
const items = Array.from({ length: 16 }, (_, n) => ({
  id: n,
  name: `item number ${n}`,
  price: 9.5,
  tags: ['a', 'b'],
}))
const json = JSON.stringify({ items })
const post = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`
const browser = `GET /some/page?with=query&and=more HTTP/1.1\r\nHost: 127.0.0.1\r
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36\r
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r
Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9,de;q=0.8\r\nCache-Control: max-age=0\r
Connection: keep-alive\r\nReferer: https://www.example.test/some/other/page\r\nSec-Fetch-Dest: document\r
Sec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\nUpgrade-Insecure-Requests: 1\r
Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; _ga=GA1.1.1234567890.1700000000\r\n\r\n`

export const loads: readonly Load[] = [
  { title: 'hello', request: get, depth: 1, expected: 'Hello world' },
  { title: 'browser head', request: browser, depth: 1, expected: 'Hello world' },
  { title: 'POST 1 KB', request: post, depth: 1, expected: '16 items' },
  { title: 'pipelined ×16', request: get, depth: 16, expected: 'Hello world' },
]
