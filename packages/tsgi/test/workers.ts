/** A master with workers under test, whose application tells of the process it runs in. */
import { Agent, get } from 'node:http'
import { Command } from './command.ts'

/** The command with the application that tells of its process. */
export function master(...flags: string[]): Command {
  return new Command('serve', 'process.ts', '--http', '127.0.0.1:0', ...flags)
}

export interface Told {
  readonly pid: number
  readonly multiprocess: boolean
}

/** Asks on a connection of its own. */
export async function ask(url: string, path = '/'): Promise<Told> {
  const response = await fetch(url + path, { headers: { connection: 'close' } })
  return (await response.json()) as Told
}

/** The processes that answered so many requests. */
export async function pids(url: string, requests = 8): Promise<Set<number>> {
  const told = await Promise.all(Array.from({ length: requests }, () => ask(url)))
  return new Set(told.map(({ pid }) => pid))
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Reads a response, on a connection of the agent, or one of its own. */
export function read(url: string, agent: Agent | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: agent ?? new Agent() }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    }).on('error', reject)
  })
}
