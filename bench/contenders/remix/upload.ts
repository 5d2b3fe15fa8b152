import * as http from 'node:http'
import { crc32 } from 'node:zlib'
import { createRouter } from '@remix-run/fetch-router'
import { type FileUpload, parseFormData } from '@remix-run/form-data-parser'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { maxUpload } from '../../works/upload-data.ts'

const router = createRouter()

router.post('/', async ({ request }) => {
  let size = 0
  let checksum = 0

  async function uploadHandler(fileUpload: FileUpload) {
    if (fileUpload.fieldName === 'file') {
      size = fileUpload.size
      checksum = crc32(await fileUpload.bytes())
    }
  }

  const formData = await parseFormData(request, { maxFileSize: maxUpload }, uploadHandler)
  return Response.json({ title: formData.get('title'), note: formData.get('note'), size, checksum })
})

const server = http.createServer(createRequestListener((request) => router.fetch(request)))
server.listen(Number(process.env.PORT), '127.0.0.1')
