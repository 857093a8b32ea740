-- Tokens with which machines may join, once each. Only a digest of the secret is here.
CREATE TABLE join_token (
  id text PRIMARY KEY,
  secret_hash text NOT NULL,
  cluster text NOT NULL,
  name text,
  created_by text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_by text,
  used_at bigint
);
CREATE INDEX join_token_by_time ON join_token (created_at);

-- Collectors that joined. One that was shut out stays until another joins under its name.
CREATE TABLE enrolled_collector (
  id text PRIMARY KEY,
  cluster text NOT NULL,
  name text NOT NULL,
  public_key text NOT NULL,
  joined_at bigint NOT NULL,
  joined_by text NOT NULL,
  revoked_at bigint
);
