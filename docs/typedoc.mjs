import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { repository } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'))
/** `https://github.com/tsgi/tsgi`. */
const home = repository.url.replaceAll(/^git\+|\.git$/g, '')

/** The names of the entry points, such as `@tsgi/core/testing`, by file: those that the `exports` of a package name. */
const entryPoints = new Map(
  globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
    const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8'))
    return Object.entries(exports)
      .filter(([, source]) => typeof source === 'string' && source.endsWith('.ts'))
      .map(([entry, source]) => [join(root, file, '..', source), name + entry.slice(1)])
  }),
)

/** Names each module like its entry point instead of its file. */
function nameModules(app) {
  app.converter.on('resolveBegin', ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = entryPoints.get(module.sources?.[0]?.fullFileName) ?? module.name
    }
  })
}

/** Forgets the sources of members that come from TypeScript or Node: links to them would lead nowhere. */
function forgetForeignSources(app) {
  app.converter.on('resolveEnd', ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      reflection.sources = reflection.sources?.filter(
        ({ fullFileName }) => !fullFileName.includes('/node_modules/'),
      )
    }
  })
}

/** @type {import('typedoc').TypeDocOptions} */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameModules, forgetForeignSources],
  entryPoints: [...entryPoints.keys()],
  entryPointStrategy: 'resolve',
  tsconfig: join(root, 'tsconfig.docs.json'),
  basePath: root,
  name: 'API',
  readme: 'none',
  out: 'api',
  docsRoot: '.',
  // With Git, the sources are links in some clones only. Without, their paths begin where the entry points differ.
  disableGit: true,
  gitRevision: 'main',
  sourceLinkTemplate: `${home}/blob/{gitRevision}/packages/{path}#L{line}`,
  outputFileStrategy: 'modules',
  useHTMLAnchors: true,
  useCodeBlocks: true,
  expandObjects: true,
  expandParameters: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  // Tables that fit on a phone. The source of each type has its line, from which its members are not far.
  tableColumnSettings: { hideModifiers: true, hideSources: true, hideInherited: true, hideOverrides: true },
  sort: ['source-order'],
  hidePageHeader: true,
  hideBreadcrumbs: true,
  excludeExternals: true,
  excludeInternal: true,
}
