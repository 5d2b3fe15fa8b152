/** The machine, and the versions that were measured. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { baseline, bench, contenders, versionsOf } from './contenders.ts'
import { generator } from './load.ts'
import { pinning } from './processes.ts'

export interface Machine {
  cpu: string
  cores: number
  /** Memory in GiB. */
  memory: number
  os: string
  /** The Node that the servers run on. */
  node: string
  /** The load generator. */
  generator: string
  /** The cores that servers and load are pinned to. */
  pinning: string
}

/** @param node The version of Node that the servers run on. */
export function describeMachine(node: string): Machine {
  const { server, load } = pinning
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    os: `${distribution()} (${type()} ${release()})`,
    node,
    generator,
    pinning:
      server === undefined
        ? 'servers and load share the cores: no taskset here, or one core'
        : `servers on core ${server}, load on core ${load}`,
  }
}

/** Describes the machine on one line. */
export function machineLine({ cpu, cores, os, node, generator, pinning }: Machine): string {
  return `${cpu}, ${cores} cores · ${os} · Node ${node} · ${generator}, ${pinning}`
}

/** Versions by contender, then those of other packages that take part in a work. */
export function allVersions(): Record<string, string> {
  const byContender = Object.fromEntries(
    contenders
      .filter(({ name }) => name !== baseline)
      .map((each) => [each.name, versionsOf(each).join(', ')]),
  )
  const named = new Set(contenders.flatMap(({ packages }) => packages))
  const { dependencies } = JSON.parse(readFileSync(join(bench, 'package.json'), 'utf8'))
  const others = Object.keys(dependencies).filter((name) => !named.has(name))
  return { ...byContender, others: versionsOf({ packages: others }).join(', ') }
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? type()
  } catch {
    return type()
  }
}
