-- Version 4.

-- While a conversation waits for a secret, what its person writes is sealed (key_id 1) as it comes in.
ALTER TABLE state ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;

-- A call of the person's own session carries their token, sealed; it goes when the call is done. `pages`: so many may be read.
ALTER TABLE call ADD COLUMN auth BLOB;
ALTER TABLE call ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
