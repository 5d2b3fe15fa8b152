import { createClient } from 'redis'
import { freePort } from '../../../scripts/ports.ts'
import { RedisServer } from '../../../scripts/redis-server.ts'

const slots = 16_384

/** A cluster of three nodes without replicas, on the loopback interface. */
export class RedisCluster implements AsyncDisposable {
  readonly #nodes: readonly RedisServer[]

  /** @param program The path of `redis-server`. */
  static async start(program: string): Promise<RedisCluster> {
    const busPorts = [await freePort(), await freePort(), await freePort()]
    const nodes = busPorts.map(
      (port) => new RedisServer(program, ['--cluster-enabled', 'yes', '--cluster-port', String(port)]),
    )
    await Promise.all(nodes.map((node) => node.start()))
    const cluster = new RedisCluster(nodes)
    for (const [index, { port }] of nodes.entries()) {
      const [first, end] = [index, index + 1].map((n) => Math.floor((n * slots) / nodes.length))
      await command(port, ['CLUSTER', 'ADDSLOTSRANGE', `${first}`, `${end! - 1}`])
      if (index > 0)
        await command(nodes[0]!.port, ['CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${busPorts[index]}`])
    }
    for (const { port } of nodes) {
      while (!/cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(await command(port, ['CLUSTER', 'INFO']))) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    return cluster
  }

  private constructor(nodes: readonly RedisServer[]) {
    this.#nodes = nodes
  }

  get ports(): readonly number[] {
    return this.#nodes.map(({ port }) => port)
  }

  /** Returns the number of keys on each node. */
  async sizes(): Promise<number[]> {
    return Promise.all(this.ports.map(async (port) => Number(await command(port, ['DBSIZE']))))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node[Symbol.asyncDispose]()))
  }
}

async function command(port: number, args: string[]): Promise<string> {
  const client = createClient({ url: `redis://127.0.0.1:${port}` })
  await client.connect()
  try {
    return String(await client.sendCommand(args))
  } finally {
    client.destroy()
  }
}
