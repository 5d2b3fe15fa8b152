import { type Application, empty, HttpError, json, text } from '@tsgi/core'
import { router } from '@tsgi/router'

const titles = new Map([
  ['1', 'Emma'],
  ['2', 'Middlemarch'],
])
let lastId = 2

function find(id: string) {
  const title = titles.get(id)
  if (title === undefined) throw new HttpError(404, `There is no book ${id}.`)
  return { id, title }
}

const books = router({
  '/': {
    GET: () => json([...titles.keys()].map(find)),
    async POST({ request, scriptName }): Promise<Response> {
      const { title } = await request.json()
      const id = String(++lastId)
      titles.set(id, title)
      const location = scriptName + books.href('/:id', { id })
      return json(find(id), { status: 201, headers: { location } })
    },
  },
  '/:id': {
    GET: ({ params }) => json(find(params.id)),
    DELETE({ params }) {
      find(params.id)
      titles.delete(params.id)
      return empty()
    },
  },
})

const where: Application = ({ scriptName, pathInfo }) => json({ scriptName, pathInfo })

export const application = router(
  {
    '/': () => text('A library'),
    '/books{/*rest}': books,
    '/where/*rest': where,
  },
  { fallback: ({ pathInfo }) => text(`There is nothing at ${pathInfo}.`, { status: 404 }) },
)
