-- After an outage the newest results come first: what is stored of a boot is no longer one stretch of numbers.
ALTER TABLE watermark ADD COLUMN beyond bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN watermark.beyond IS 'stored behind seq: first and last number of each stretch, in order';

-- Of which objects, and for which time, results came behind newer ones: their changes of state are to be worked out again.
CREATE TABLE late_span (
  check_no integer PRIMARY KEY,
  from_at bigint NOT NULL,
  to_at bigint NOT NULL,
  noted_at bigint NOT NULL
);
COMMENT ON COLUMN late_span.noted_at IS 'when the last of them was stored';
