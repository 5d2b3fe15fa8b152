import { type Application, fromFetch } from '@tsgi/core'
import { createSchema, createYoga } from 'graphql-yoga'
import type { Visitor } from './auth.ts'

const schema = createSchema<Visitor>({
  typeDefs: `
    type Query { greet(greeting: String!): String! }
    type Mutation { add(numbers: [Int!]!): Int! }
    type Subscription { count(to: Int!): Int! }
  `,
  resolvers: {
    Query: {
      greet: (_, { greeting }, { visitor }) => `${greeting} ${visitor ?? 'stranger'}`,
    },
    Mutation: {
      add: (_, { numbers }: { numbers: number[] }) => numbers.reduce((sum, n) => sum + n, 0),
    },
    Subscription: {
      count: {
        async *subscribe(_, { to }) {
          for (let n = 1; n <= Math.min(to, 100); n++) yield { count: n }
        },
      },
    },
  },
})

const yoga = createYoga<Visitor>({ schema, graphqlEndpoint: '/graphql' })

export const application: Application<Visitor> = fromFetch<Visitor>(
  (request, { visitor }) => yoga.fetch(request, { visitor }),
  { path: 'whole' },
)
