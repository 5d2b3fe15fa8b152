import { expect, it } from 'vitest'
import { claims, works } from '../works.ts'
import { parseCommandLine } from './command-line.ts'

const namesOf = (...args: string[]) => parseCommandLine(args).works.map(({ name }) => name)

it('takes works by name, in the order of the report, and two names for several', () => {
  expect(namesOf()).toHaveLength(works.length)
  expect(namesOf('types', 'hello')).toEqual(['hello', 'types'])
  expect(namesOf('claims', 'hello')).toEqual(claims)
  expect([...claims, ...namesOf('others')].toSorted()).toEqual(namesOf().toSorted())
})

it('takes the contenders, the rounds and another Node', () => {
  const { only, rounds, node, quick, save } = parseCommandLine([
    ...['hello', '--only', 'koa,tsgi (engine)', '--rounds', '12', '--save'],
    ...['--node', process.execPath],
  ])
  expect({ only, rounds, node, quick, save }).toEqual({
    only: ['koa', 'tsgi (engine)'],
    rounds: 12,
    node: process.execPath,
    quick: false,
    save: true,
  })
  const major = process.versions.node.split('.')[0]!
  expect(parseCommandLine(['--node', major]).node).toBe(process.execPath)
})

it.each([
  [['helo'], /^there is no work 'helo'/],
  [['--fast'], /^Unknown option '--fast'/],
  [['--only', 'koa,kao'], /^there is no contender 'kao'/],
  [['--node', '/nowhere/node'], /^there is no Node at \/nowhere\/node/],
  [['--node', '4'], /^Node 4 is not installed here; give the path of its binary/],
  [['--rounds', 'many'], /^--rounds must be a positive integer, got 'many'/],
  [['--rounds', '0'], /^--rounds must be a positive integer, got '0'/],
  [['--quick', '--save'], /^a quick run says too little to be saved/],
])('rejects %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message)
})
