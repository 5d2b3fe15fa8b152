import type { Exchange } from '../harness/exchange.ts'
import { httpWork } from '../harness/http-work.ts'

const order = {
  reference: 'DE-204117',
  customer: { name: 'Ada Lovelace', email: 'ada@example.org', age: 36, newsletter: true },
  address: { street: 'Marienstraße 12', city: 'Görlitz', postcode: '02826', country: 'DE' },
  items: [
    { sku: 'KM-100', title: 'Kaffeemühle, Buche, mit Schublade', quantity: 1, price: 89.9 },
    { sku: 'KB-250', title: 'Espressobohnen, ganze Bohne, 250 g', quantity: 4, price: 7.45 },
    { sku: 'FL-012', title: 'Filterpapier, ungebleicht, 100 Stück', quantity: 2, price: 3.2 },
    { sku: 'TS-301', title: 'Tasse, Steinzeug, grau glasiert, 0,2 l', quantity: 6, price: 12 },
    { sku: 'WK-007', title: 'Wasserkessel, Edelstahl, 1,2 l', quantity: 1, price: 54.5 },
    { sku: 'WG-001', title: 'Waage, bis 2 kg, auf 0,1 g genau', quantity: 1, price: 39.95 },
    { sku: 'RP-880', title: 'Reinigungspulver für Mühlen, 430 g', quantity: 1, price: 18.6 },
  ],
  tags: ['gift', 'fragile', 'before-noon'],
  note: 'Please ring at the second door on the left, and leave it with the neighbour where nobody answers.',
}

/** A body that is read, parsed and validated with the same zod schema by all. */
export const validate = httpWork({
  name: 'validate',
  about: 'POST validates 1 KB of JSON with a zod schema and returns one of its fields.',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', of: 'tsgi (engine)', against: 'best peer', atLeast: 1.2 },
  ],
  requests: [
    post(JSON.stringify(order), {
      status: 200,
      type: 'application/json',
      body: JSON.stringify({ reference: order.reference }),
    }),
  ],
  alsoChecked: [
    refused(JSON.stringify({ ...order, reference: 'nothing' })),
    refused(JSON.stringify({ ...order, items: [{ ...order.items[0], quantity: '1' }] })),
    refused('{ "reference": '),
  ],
})

function post(body: string, answer: Exchange['answer']): Exchange {
  return { method: 'POST', path: '/orders', headers: { 'content-type': 'application/json' }, body, answer }
}

function refused(body: string): Exchange {
  return post(body, { status: (status) => status >= 400 && status < 500 })
}
