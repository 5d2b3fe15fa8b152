import { crc32 } from 'node:zlib'
import express from 'express'
import multer from 'multer'
import { maxUpload } from '../../works/upload-data.ts'

const app = express()
const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: maxUpload } })

app.post('/', upload.single('file'), (req, res) => {
  const file = req.file!
  res.json({ title: req.body.title, note: req.body.note, size: file.size, checksum: crc32(file.buffer) })
})

app.listen(Number(process.env.PORT), '127.0.0.1')
