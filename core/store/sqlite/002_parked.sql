-- Version 2.

-- Signed bodies that could not be read, for an operator. Written by intake, deleted by retention.
CREATE TABLE parked (
    id     INTEGER PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    key    BLOB NOT NULL UNIQUE,
    source TEXT,
    reason TEXT,
    key_id INTEGER NOT NULL,
    body   BLOB NOT NULL
) STRICT;
