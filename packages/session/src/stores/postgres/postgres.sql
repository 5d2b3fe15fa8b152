-- The table of postgresStore() of @tsgi/session, if you do not call its method migrate().
CREATE TABLE IF NOT EXISTS "sessions" (
  key text COLLATE "C" PRIMARY KEY,
  data text NOT NULL,
  version integer NOT NULL,
  expires bigint NOT NULL, -- milliseconds since 1970
  user_id text COLLATE "C"
);
CREATE INDEX IF NOT EXISTS "sessions_expires" ON "sessions" (expires);
CREATE INDEX IF NOT EXISTS "sessions_user_id" ON "sessions" (user_id) WHERE user_id IS NOT NULL;
