import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lint } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { afterAll, expect, it } from 'vitest'
import { application, recordings } from './uploads.ts'

const web = client(application)

function form(fields: Record<string, string | File | readonly File[]>): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) form.append(name, value)
  }
  return form
}

const audio = new File(['la la la'], '../emma.mp3', { type: 'audio/mpeg' })
const photo = new File(['…'], 'ada.png', { type: 'image/png' })

afterAll(() => rm(recordings, { recursive: true }))

it('saves a recording while it arrives', async () => {
  const response = await web.post('/recordings', {
    form: form({ reader: 'Ada', audio, photos: [photo, photo] }),
  })
  expect(response.status).toBe(201)
  expect(await response.text()).toBe('Ada has sent 8 bytes and 2 photos.\n')
  const [name] = await readdir(recordings)
  expect(await readFile(join(recordings, name!), 'utf8')).toBe('la la la')
})

it('leaves nothing behind if the form is invalid', async () => {
  const before = await readdir(recordings)
  const post = (fields: Parameters<typeof form>[0]) => web.post('/recordings', { form: form(fields) })
  expect((await post({ audio, reader: '' })).status).toBe(422)
  expect((await post({ audio, reader: 'Ada', photos: new File(['x'], 'x.gif') })).status).toBe(422)
  expect((await post({ audio, reader: 'Ada', notes: 'x'.repeat(10_001) })).status).toBe(413)
  expect(await readdir(recordings)).toEqual(before)
})

it('counts words in a stream, and sizes by hand, over a connection', async () => {
  await using server = await serve(lint(application), { listen: 'http://127.0.0.1:0' })
  const post = async (path: string, body: FormData) =>
    (await fetch(new URL(path, server.addresses[0]), { method: 'POST', body })).json()
  const words = new File(['one two\nthree '.repeat(50_000)], 'words.txt', { type: 'text/plain' })
  expect(await post('/words', form({ language: 'en', words }))).toEqual({ language: 'en', words: 150_000 })
  expect(await post('/sizes', form({ audio, photo, title: 'Emma' }))).toEqual({
    '../emma.mp3': 8,
    'ada.png': 3,
  })
})
