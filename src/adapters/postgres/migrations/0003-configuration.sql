-- What is monitored, and how it came to be. Texts are kept once each, whatever many revisions hold them.

CREATE TABLE configuration_text (
  hash text PRIMARY KEY,
  body bytea NOT NULL
);

-- One row each time that another revision became active; the newest is the active one.
CREATE TABLE configuration_activation (
  activation_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  revision text NOT NULL,
  job text NOT NULL,
  kind text NOT NULL,
  author text NOT NULL,
  message text NOT NULL,
  activated_at bigint NOT NULL,
  hosts integer NOT NULL,
  services integer NOT NULL,
  changed integer NOT NULL,
  is_pinned boolean NOT NULL,
  manifest text NOT NULL,
  texts text[] NOT NULL
);
CREATE INDEX configuration_activation_by_revision ON configuration_activation (revision text_pattern_ops);

CREATE TABLE configuration_job (
  id text PRIMARY KEY,
  started_at bigint NOT NULL,
  is_over boolean NOT NULL,
  job text NOT NULL
);
CREATE INDEX configuration_job_by_time ON configuration_job (started_at);

-- Objects of the API as they stand. Without `hash` they are deleted; `active_hash` is what is active, `owner_hash` what their owner left.
CREATE TABLE configuration_object (
  kind text NOT NULL,
  name text NOT NULL,
  managed_by text NOT NULL,
  hash text,
  body text,
  value text,
  active_hash text,
  owner_hash text,
  changed_by text NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (kind, name)
);
