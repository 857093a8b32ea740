-- Why a check ran: a hub in doubt asks other observers, and people want to see which results were asked for.
ALTER TABLE result ADD COLUMN origin smallint;
COMMENT ON COLUMN result.origin IS '0 scheduled, 1 requested, 2 passive, 3 probe; NULL: of before this was kept';
