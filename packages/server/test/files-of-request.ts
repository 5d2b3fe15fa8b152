/**
 * Prints which of our source files run during one request for a page of text, as JSON: on a connection that is kept
 * alive, and on a new one. It measures the functions that V8 has called. Also prints the files that were loaded.
 */
import { once } from 'node:events'
import { Session } from 'node:inspector/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { text } from '@tsgi/core'
import { serve } from '../src/index.ts'

const packages = `${pathToFileURL(join(import.meta.dirname, '../..')).href}/`
const server = await serve(() => text('Hello, World!'), { listen: 'http://127.0.0.1:0' })
const port = Number(new URL(server.addresses[0]!).port)

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

function open(): Socket {
  return connect(port, '127.0.0.1')
}

async function get(socket: Socket): Promise<void> {
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  await once(socket, 'data')
  // What follows the response runs in this turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve))
}

/** The files of which functions were called since this was last asked. */
async function calledFiles(): Promise<string[]> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(
      ({ url, functions }) =>
        url.startsWith(packages) && functions.some(({ ranges }) => ranges[0]!.count > 0),
    )
    .map(({ url }) => url.slice(packages.length))
    .filter((file) => file.includes('/src/'))
    .sort()
}

/** The files that have been loaded. */
async function loadedFiles(): Promise<string[]> {
  const urls: string[] = []
  session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url))
  await session.post('Debugger.enable')
  await session.post('Debugger.disable')
  return urls.filter((url) => url.startsWith(packages)).map((url) => url.slice(packages.length))
}

const kept = open()
await get(kept)
await calledFiles()
await get(kept)
const onKept = await calledFiles()
const fresh = open()
await get(fresh)
const onNew = await calledFiles()
for (const socket of [kept, fresh]) socket.destroy()
await server.close()
process.stdout.write(JSON.stringify({ onKept, onNew, loaded: await loadedFiles() }))
