-- Why verdicts of several observers changed: one JSON text, written and read whole. Partitioned by time as all history is.
CREATE TABLE verdict_receipt (
  at bigint NOT NULL,
  check_no integer NOT NULL,
  kind text NOT NULL,
  receipt text NOT NULL,
  PRIMARY KEY (check_no, at, kind)
) PARTITION BY RANGE (at);
CREATE INDEX verdict_receipt_by_time ON verdict_receipt (at);

-- What was wrong with observers, and with their ways to sites and hosts. Few rows.
CREATE TABLE observer_incident (
  incident text NOT NULL,
  opened_at bigint NOT NULL,
  closed_at bigint,
  kind text NOT NULL,
  observer text NOT NULL,
  subject text,
  body text NOT NULL,
  PRIMARY KEY (incident, opened_at)
);
CREATE INDEX observer_incident_by_time ON observer_incident (opened_at);

COMMENT ON COLUMN result.use IS '0 counted, 1 late, 2 clock-suspect, 3 penalised, 4 set-aside, 5 no-vote';
