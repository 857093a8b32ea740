COMMENT ON COLUMN result.use IS '0 counted, 1 late, 2 clock-suspect, 3 penalised, 4 set-aside, 5 no-vote, 6 duplicate';
