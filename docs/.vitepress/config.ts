import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { anchorOf, linkOnSite, pageOf, repository, root } from './pages.ts'
import { tokenize } from './search.ts'

/** Returns the title of a page: its first heading. */
function titleOf(source: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, source), 'utf8')) ?? []
  return title ?? source
}

function pages(pattern: string): DefaultTheme.SidebarItem[] {
  const sources = globSync(pattern, { cwd: root }).sort()
  return sources.flatMap((source) => {
    const page = pageOf(source)
    return page === undefined
      ? []
      : [{ text: titleOf(source), link: `/${page.replace(/(?:index)?\.md$/, '')}` }]
  })
}

/** The guides, in the order in which they are read. */
const guides = [
  'composition',
  'errors',
  'devtools',
  'streaming',
  'testing',
  'sessions',
  'uploads',
  'websocket',
  'deployment',
  'scaling',
  'runtimes',
  'other-frameworks',
  'moving',
].flatMap((guide) => pages(`docs/guides/${guide}.md`))
const api: DefaultTheme.SidebarItem[] = JSON.parse(
  readFileSync(join(root, 'docs/api/typedoc-sidebar.json'), 'utf8'),
)
const reference = [
  { text: 'The specification', link: '/spec' },
  { text: 'API', link: '/api/' },
  { text: 'Runtimes', link: '/runtimes' },
  { text: 'Performance', link: '/performance' },
  { text: 'Decisions', link: '/decisions/' },
]

const sidebar: DefaultTheme.Sidebar = {
  '/api/': api.sort((a, b) => (a.text! < b.text! ? -1 : 1)),
  '/decisions/': [{ text: 'Decisions', items: pages('decisions/0*.md') }],
  '/': [
    { text: 'Tutorial', items: pages('examples/*/README.md') },
    { text: 'Guides', items: [...guides, ...pages('docs/security.md')] },
    { text: 'Packages', collapsed: true, items: pages('packages/*/README.md') },
    { text: 'Reference', items: reference },
  ],
}

export default defineConfig({
  title: 'TSGI',
  description:
    'TypeScript Server Gateway Interface: web applications from functions, middleware and independent packages',
  srcDir: '..',
  srcExclude: globSync('**/*.md', { cwd: root, exclude: ['**/node_modules'] }).filter(
    (source) => pageOf(source) === undefined,
  ),
  ignoreDeadLinks: 'localhostLinks',
  outDir: join(import.meta.dirname, 'dist'),
  cleanUrls: true,
  rewrites: (source) => pageOf(source) ?? source,
  // The pages are outside of this folder, where vue is installed.
  vite: {
    resolve: {
      alias: [{ find: /^vue(?=$|\/)/, replacement: join(import.meta.dirname, '../node_modules/vue') }],
    },
  },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: anchorOf },
    languageAlias: { eta: 'html' },
    languages: [
      'ts',
      'js',
      'json',
      'sh',
      'html',
      'css',
      'sql',
      'ini',
      'nginx',
      'http',
      'python',
      'yaml',
      'docker',
    ],
    config(md) {
      // Runs before VitePress checks the links.
      md.core.ruler.push('links of the repository', ({ tokens, env }) => {
        const source = pathOf(env)
        markCharts(tokens)
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.type === 'link_open' ? token.attrGet('href') : null
          if (href !== null) token.attrSet('href', linkOnSite(source, href))
        }
      })
    },
  },
  themeConfig: {
    // The pages that exist in Chinese. All others lead to the start page.
    translated: globSync('docs/zh/**/*.md', { cwd: root }).map((source) => source.slice('docs/zh/'.length)),
    // VitePress copies this function into the page: it must not use anything from outside.
    i18nRouting: ({ theme }, { data }, target) => {
      const prefix = target === 'root' ? '/' : '/zh/'
      const page = data.relativePath.replace(/^zh\//, '')
      const exists = target === 'root' || (theme.value.translated as string[]).includes(page)
      return exists ? prefix + page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '') : prefix
    },
    socialLinks: [{ icon: 'github', link: repository }],
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize } },
        locales: {
          zh: {
            translations: {
              button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
              modal: {
                noResultsText: '没有结果',
                footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
              },
            },
          },
        },
      },
    },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Tutorial', link: '/tutorial/00-create' },
          { text: 'Guides', link: '/guides/composition' },
          { text: 'Packages', link: '/packages/' },
          { text: 'Reference', items: reference },
        ],
        sidebar,
      },
    },
    zh: {
      label: '简体中文',
      lang: 'zh-CN',
      link: '/zh/',
      themeConfig: {
        nav: [{ text: '教程', link: '/zh/tutorial/00-create' }],
        sidebar: { '/zh/': [{ text: '教程', items: pages('docs/zh/tutorial/*.md') }] },
        outline: { label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        sidebarMenuLabel: '菜单',
        returnToTopLabel: '返回顶部',
        langMenuLabel: '语言',
      },
    },
  },
})

/** Makes charts scroll on narrow screens, with the keyboard, too. They are paragraphs that contain one SVG image. */
function markCharts(tokens: readonly MarkdownToken[]): void {
  for (const [index, { children }] of tokens.entries()) {
    const image = children?.length === 1 ? children[0] : undefined
    if (image?.type !== 'image' || !image.attrGet('src')?.endsWith('.svg')) continue
    const paragraph = tokens[index - 1]!
    paragraph.attrSet('class', 'chart')
    paragraph.attrSet('tabindex', '0')
  }
}

interface MarkdownToken {
  readonly type: string
  readonly children: readonly MarkdownToken[] | null
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

function pathOf(env: { path?: string; realPath?: string }): string {
  return (env.realPath ?? env.path ?? '').slice(root.length + 1)
}
