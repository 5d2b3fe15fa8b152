import { crc32 } from 'node:zlib'
import multer from '@koa/multer'
import Router from '@koa/router'
import Koa from 'koa'
import { maxUpload } from '../../works/upload-data.ts'

const app = new Koa()
const router = new Router()
const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: maxUpload } })

router.post('/', upload.single('file'), (ctx) => {
  const { title, note } = (ctx.request as unknown as { body: Record<string, string> }).body
  const file = ctx.file
  ctx.body = { title, note, size: file.size, checksum: crc32(file.buffer) }
})

app.use(router.routes())
app.use(router.allowedMethods())
app.listen(Number(process.env.PORT), '127.0.0.1')
