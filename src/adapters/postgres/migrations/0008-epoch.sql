-- Counts activations in the whole installation, with the hub that made each; (epoch, hub) orders them. With the newest one stands what members of
-- clusters must know alike as long as it is active: measured costs of hosts, collectors that were shut out.

ALTER TABLE configuration_activation
  ADD COLUMN epoch bigint NOT NULL DEFAULT 0,
  ADD COLUMN hub text NOT NULL DEFAULT '',
  ADD COLUMN sharing text;
UPDATE configuration_activation SET epoch = activation_no;
ALTER TABLE configuration_activation ALTER COLUMN epoch DROP DEFAULT, ALTER COLUMN hub DROP DEFAULT;
