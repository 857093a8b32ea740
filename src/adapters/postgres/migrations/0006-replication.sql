-- What hubs of one installation tell each other. Every change that others should hear of has a number; whoever writes takes it from the one row
-- of `replica`, which also makes numbers become visible in their order.

CREATE TABLE replica (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  store text NOT NULL,
  newest bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON COLUMN replica.store IS 'of this database; a database that was restored from a backup has another one';
INSERT INTO replica (store, newest) VALUES (gen_random_uuid()::text, 0);

CREATE FUNCTION replica_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE replica SET newest = newest + 1 RETURNING newest INTO NEW.change_no;
  RETURN NEW;
END $$;

-- How far the changes of another hub are taken.
CREATE TABLE replica_peer (
  hub text PRIMARY KEY,
  store text NOT NULL,
  boot text NOT NULL,
  taken bigint NOT NULL,
  taken_at bigint NOT NULL
) WITH (fillfactor = 50);

-- What people want of checks: acknowledgements, downtimes, comments. One that is withdrawn stays for a while, so that others hear of it.
CREATE TABLE operator_intent (
  id text PRIMARY KEY,
  kind text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  version bigint NOT NULL,
  hub text NOT NULL,
  changed_by text NOT NULL,
  changed_at bigint NOT NULL,
  is_withdrawn boolean NOT NULL,
  change_no bigint NOT NULL
);
CREATE UNIQUE INDEX operator_intent_by_change ON operator_intent (change_no);
CREATE INDEX operator_intent_by_subject ON operator_intent (subject);
CREATE TRIGGER operator_intent_number BEFORE INSERT OR UPDATE ON operator_intent
  FOR EACH ROW EXECUTE FUNCTION replica_number();

-- `origin` is the hub that activated it first, `parent` the job of what was active there before; `edits` counts how often its texts were replaced
-- without an epoch of its own; `fault` says why this hub cannot run it; `url` is the address that its texts mean by $PARALLAXURL$ where that is
-- not this hub's own.
ALTER TABLE configuration_activation
  ADD COLUMN origin text NOT NULL DEFAULT '',
  ADD COLUMN parent text,
  ADD COLUMN edits integer NOT NULL DEFAULT 0,
  ADD COLUMN fault text,
  ADD COLUMN url text,
  ADD COLUMN change_no bigint;
UPDATE configuration_activation a SET change_no = b.position, parent = b.before FROM
  (SELECT activation_no, row_number() OVER by_time AS position, lag(job) OVER by_time AS before
   FROM configuration_activation WINDOW by_time AS (ORDER BY activation_no)) b
  WHERE a.activation_no = b.activation_no;
UPDATE replica SET newest = (SELECT count(*) FROM configuration_activation);
ALTER TABLE configuration_activation ALTER COLUMN change_no SET NOT NULL;
CREATE UNIQUE INDEX configuration_activation_by_job ON configuration_activation (job);
CREATE UNIQUE INDEX configuration_activation_by_change ON configuration_activation (change_no);
CREATE TRIGGER configuration_activation_number BEFORE INSERT OR UPDATE OF edits ON configuration_activation
  FOR EACH ROW EXECUTE FUNCTION replica_number();
