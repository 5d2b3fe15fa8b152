import { type Application, empty, HttpError, json, text } from '@tsgi/core'
import { router } from '@tsgi/router'

const books = new Map([
  ['1', 'Emma'],
  ['2', 'Middlemarch'],
])
let lastId = 2

function find(id: string) {
  const title = books.get(id)
  if (title === undefined) throw new HttpError(404, `There is no book ${id}.`)
  return { id, title }
}

const shelf = router({
  '/': {
    GET: () => json([...books.keys()].map(find)),
    async POST({ request, scriptName }): Promise<Response> {
      const { title } = await request.json()
      const id = String(++lastId)
      books.set(id, title)
      return json(find(id), { status: 201, headers: { location: scriptName + shelf.href('/:id', { id }) } })
    },
  },
  '/:id': {
    GET: ({ params }) => json(find(params.id)),
    DELETE({ params }) {
      find(params.id)
      books.delete(params.id)
      return empty()
    },
  },
})

const where: Application = ({ scriptName, pathInfo }) => json({ scriptName, pathInfo })

export const application = router(
  {
    '/': () => text('A library'),
    '/books{/*rest}': shelf,
    '/where/*rest': where,
  },
  { fallback: ({ pathInfo }) => text(`There is nothing at ${pathInfo}.`, { status: 404 }) },
)
