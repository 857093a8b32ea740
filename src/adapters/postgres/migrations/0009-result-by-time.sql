-- What ran in a window of time, whichever check it was. Rows come nearly in the order of their time, so an entry per range of pages is enough:
-- it costs a commit next to nothing.
CREATE INDEX result_by_time ON result USING brin (at) WITH (pages_per_range = 32, autosummarize = on);
