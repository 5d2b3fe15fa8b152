/** The statements of the PostgreSQL store. */
export interface PostgresStatements {
  readonly migrate: string
  /** Parameters: key. */
  readonly load: string
  /** Parameters: key, data, expires, user. */
  readonly create: string
  /** Parameters: key, data, expires, user, version. */
  readonly update: string
  /** Parameters: key, version. */
  readonly destroy: string
  /** Parameters: user. */
  readonly listByUser: string
  /** Parameters: user, key of the session to keep. */
  readonly destroyByUser: string
  /** Parameters: the maximum number of rows. */
  readonly purge: string
}

/** The clock of the database, so that it is the same for every machine. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)'

/** Any number. Processes that create the table at the same time take turns: `IF NOT EXISTS` alone can fail then. */
const MIGRATION_LOCK = 7_386_519_047

/** Creates the table, unless it exists. */
export function createTable(name: string): string {
  const table = quote(name)
  const index = (column: string) => quote(`${name.split('.').at(-1)}_${column}`)
  return `CREATE TABLE IF NOT EXISTS ${table} (
  key text COLLATE "C" PRIMARY KEY,
  data text NOT NULL,
  version integer NOT NULL,
  expires bigint NOT NULL, -- milliseconds since 1970
  user_id text COLLATE "C"
);
CREATE INDEX IF NOT EXISTS ${index('expires')} ON ${table} (expires);
CREATE INDEX IF NOT EXISTS ${index('user_id')} ON ${table} (user_id) WHERE user_id IS NOT NULL;
`
}

/** @param name The name of the table, with or without a schema. */
export function postgresStatements(name: string): PostgresStatements {
  const table = quote(name)
  return {
    // Several statements in one message are one transaction. The lock ends with it, and so does the setting.
    migrate: `
      SET LOCAL client_min_messages = warning;
      SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
      ${createTable(name)}`,
    load: `SELECT data, expires, version FROM ${table} WHERE key = $1 AND expires > ${NOW}`,
    create: `
      INSERT INTO ${table} AS stored (key, data, version, expires, user_id) VALUES ($1, $2, 1, $3, $4)
      ON CONFLICT (key) DO UPDATE
      SET data = excluded.data, version = 1, expires = excluded.expires, user_id = excluded.user_id
      WHERE stored.expires <= ${NOW}
      RETURNING 1`,
    update: `
      UPDATE ${table} SET data = $2, version = version + 1, expires = $3, user_id = $4
      WHERE key = $1 AND version = $5 AND expires > ${NOW}
      RETURNING 1`,
    destroy: `DELETE FROM ${table} WHERE key = $1 AND version = $2 AND expires > ${NOW} RETURNING 1`,
    listByUser: `SELECT key, data, expires, version FROM ${table} WHERE user_id = $1 AND expires > ${NOW}`,
    // Locked in order, so that two of these cannot wait for each other.
    destroyByUser: `
      WITH found AS (
        SELECT key FROM ${table}
        WHERE user_id = $1 AND expires > ${NOW} AND key IS DISTINCT FROM $2::text
        ORDER BY key FOR UPDATE
      )
      DELETE FROM ${table} AS stored USING found WHERE stored.key = found.key
      RETURNING 1`,
    purge: `
      WITH expired AS (
        SELECT key FROM ${table} WHERE expires <= ${NOW} ORDER BY expires LIMIT $1 FOR UPDATE SKIP LOCKED
      )
      DELETE FROM ${table} AS stored USING expired WHERE stored.key = expired.key
      RETURNING 1`,
  }
}

/** Quotes `name` or `schema.name`. */
function quote(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}
