-- People, their sessions and tokens. Secrets are stored as hashes only.

CREATE TABLE account (
  username text PRIMARY KEY,
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer'))
);

CREATE TABLE session (
  id_hash text PRIMARY KEY,
  username text NOT NULL REFERENCES account ON DELETE CASCADE,
  csrf text NOT NULL,
  created_at bigint NOT NULL,
  last_seen_at bigint NOT NULL,
  expires_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX session_by_account ON session (username);

CREATE TABLE api_token (
  id text PRIMARY KEY,
  secret_hash text NOT NULL,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
  created_by text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  last_used_at bigint
) WITH (fillfactor = 80);

CREATE TABLE audit (
  entry_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);

-- The first-run token's hash; the row goes when the first account is made.
CREATE TABLE setup_token (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  hash text NOT NULL
);
