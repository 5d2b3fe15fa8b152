import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'

const server = createServer(async (req, res) => {
  try {
    const body = Readable.toWeb(req) as ReadableStream<Uint8Array<ArrayBuffer>>
    const form = await new Response(body, {
      headers: { 'content-type': req.headers['content-type']! },
    }).formData()
    const file = form.get('file') as File
    const answer = JSON.stringify({
      title: form.get('title'),
      note: form.get('note'),
      size: file.size,
      checksum: crc32(await file.bytes()),
    })
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
    res.end(answer)
  } catch {
    res.writeHead(400).end()
  }
})

server.listen(Number(process.env.PORT), '127.0.0.1')
