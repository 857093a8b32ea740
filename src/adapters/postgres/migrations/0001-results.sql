-- What hubs keep of checks. Times are milliseconds since the epoch, UTC: read them with to_timestamp(at / 1000.0).
-- Names and reasons: docs/spec/store.md.

CREATE TABLE check_name (
  check_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  check_id text NOT NULL UNIQUE
);

CREATE TABLE collector_name (
  collector_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collector text NOT NULL UNIQUE
);

CREATE TABLE state_name (
  state smallint PRIMARY KEY,
  name text NOT NULL UNIQUE
);
INSERT INTO state_name VALUES
  (0, 'pending'), (1, 'ok'), (2, 'warning'), (3, 'critical'), (4, 'unknown'), (5, 'up'), (6, 'down'), (7, 'unreachable');

-- The present. Written whole and read whole by the hub's state machine, so it is one JSON text; the view below spells it out.
-- Half-empty pages and no second index keep every update on its page (HOT), whatever the rate.
CREATE TABLE object_record (
  check_no integer PRIMARY KEY,
  last_result_at bigint,
  record text NOT NULL
) WITH (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.5,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 1
);

CREATE TABLE watermark (
  collector text NOT NULL,
  boot text NOT NULL,
  seq bigint NOT NULL,
  moved_at bigint NOT NULL,
  PRIMARY KEY (collector, boot)
) WITH (fillfactor = 50);

CREATE TABLE perf_layout (
  layout_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  last_used_at bigint NOT NULL,
  items text NOT NULL
);
COMMENT ON COLUMN perf_layout.items IS 'JSON: [label, unit, warn, crit, min, max] of each value, in order';
CREATE UNIQUE INDEX perf_layout_by_items ON perf_layout (md5(items));

-- Everything from here on is partitioned by time; partitions are made as data needs them and dropped by age.
-- A result carries its performance data as one array of numbers, so that both cost one row and one index entry.
CREATE TABLE result (
  at bigint NOT NULL,
  check_no integer NOT NULL,
  ran_ms integer NOT NULL,
  collector_no integer NOT NULL,
  state smallint NOT NULL,
  use smallint NOT NULL,
  layout_no integer,
  claimed_at bigint,
  output text NOT NULL,
  perfdata text NOT NULL,
  points double precision[]
) PARTITION BY RANGE (at);
COMMENT ON COLUMN result.at IS 'when the check finished; for a collector with a wrong clock: when the hub stored it';
COMMENT ON COLUMN result.use IS '0 counted, 1 late, 2 clock-suspect';
COMMENT ON COLUMN result.claimed_at IS 'when a collector with a wrong clock says that the check finished';
COMMENT ON COLUMN result.points IS 'the values of layout_no, in its order';
CREATE INDEX result_by_check ON result (check_no, at);

-- Before a partition of results goes, its points are packed: a row per check, layout and day, compressed by PostgreSQL.
CREATE TABLE packed_sample (
  at bigint NOT NULL,
  check_no integer NOT NULL,
  layout_no integer NOT NULL,
  times integer[] NOT NULL,
  points double precision[] NOT NULL
) PARTITION BY RANGE (at);
COMMENT ON COLUMN packed_sample.at IS 'of the first sample; all of a row are of one day';
COMMENT ON COLUMN packed_sample.times IS 'ms after the first sample, ascending';
COMMENT ON COLUMN packed_sample.points IS 'the values of all samples, one sample after the other';
CREATE INDEX packed_sample_by_check ON packed_sample (check_no, at);

CREATE TABLE state_change (
  at bigint NOT NULL,
  check_no integer NOT NULL,
  from_state smallint NOT NULL,
  to_state smallint NOT NULL,
  attempt integer NOT NULL,
  is_hard boolean NOT NULL,
  output text NOT NULL,
  PRIMARY KEY (check_no, at, from_state, to_state, is_hard)
) PARTITION BY RANGE (at);
CREATE INDEX state_change_by_time ON state_change (at);

-- For people and their dashboards; Parallax itself does not read these.
CREATE VIEW result_log AS
  SELECT check_id, to_timestamp(at / 1000.0) AS finished, s.name AS state, collector, ran_ms, output, perfdata
  FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no) JOIN state_name s USING (state);

CREATE VIEW state_change_log AS
  SELECT check_id, to_timestamp(at / 1000.0) AS changed, f.name AS from_state, t.name AS to_state, is_hard, attempt, output
  FROM state_change c JOIN check_name USING (check_no)
  JOIN state_name f ON f.state = c.from_state JOIN state_name t ON t.state = c.to_state;

CREATE VIEW object_now AS
  SELECT check_id, r ->> 'state' AS state, r ->> 'type' AS type, (r ->> 'attempt')::integer AS attempt,
    to_timestamp(last_result_at / 1000.0) AS last_result, r ->> 'output' AS output
  FROM (SELECT check_no, last_result_at, record::json AS r FROM object_record) AS spelled JOIN check_name USING (check_no);
