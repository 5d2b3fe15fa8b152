#!/usr/bin/env node
/** The `create-tsgi` command. It must load on old versions of Node, to name the one that it needs. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `create-tsgi: needs Node.js 22.18 or newer, this is ${process.version}: https://nodejs.org/en/download`,
  )
  process.exitCode = 1
} else {
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
