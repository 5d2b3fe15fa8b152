import { readFileSync } from 'node:fs'
import type { Client, Pool } from 'pg'
import type { Sql } from 'postgres'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type PostgresClient, type PostgresStoreOptions, postgresStore } from './postgres.ts'
import { createTable } from './postgres-statements.ts'

const client = { query: async () => ({ rows: [] }) }

describe('the options of postgresStore', () => {
  it('are checked when the store is created', () => {
    for (const wrong of [undefined, null, {}, 'postgres://localhost', { connect() {} }]) {
      expect(() => postgresStore({ client: wrong as unknown as PostgresClient })).toThrow(
        /^postgresStore: client must be a pool of pg or the sql function of postgres, got /,
      )
    }
    for (const table of ['', 'a b', 'a"b', 'a.b.c', '.a', '1a', 'x'.repeat(55), 5 as unknown as string]) {
      expect(() => postgresStore({ client, table })).toThrow(
        /^postgresStore: table must be a name of up to 54 letters, digits and underscores, with or without a schema, got /,
      )
    }
    expect(() => postgresStore({ client, ttl: 1 } as PostgresStoreOptions)).toThrow(
      "postgresStore: unknown option 'ttl'",
    )
  })

  it('accept the clients of both packages at compile time', () => {
    expectTypeOf<Pool>().toExtend<PostgresClient>()
    expectTypeOf<Client>().toExtend<PostgresClient>()
    expectTypeOf<Sql>().toExtend<PostgresClient>()
    expectTypeOf<Sql<{ bigint: bigint }>>().toExtend<PostgresClient>()
    expectTypeOf<Date>().not.toExtend<PostgresClient>()
  })
})

describe('postgres.sql', () => {
  it('creates the same table as migrate', () => {
    const file = readFileSync(new URL('./postgres.sql', import.meta.url), 'utf8')
    expect(file.replace(/^--.*\n/gm, '')).toBe(createTable('sessions'))
  })
})
