-- Version 1. Run once, in a transaction; a change of a file that exists is a new numbered file, never an edit of this one.
--
-- Bodies, states and what names a person are blobs with a key_id (0: plain), so that encrypting them needs no migration.
-- Times are Unix milliseconds. There are no foreign keys: one connection writes, the rules are in core/store/, and each
-- would cost a look-up in a table of people for every row (and a random page with 100,000 of them).

-- The file's own keys and marks. Written when the file is made, and by retention.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may commit turns: conversation id % 256. The epoch rises when a process takes over; written at its start only.
CREATE TABLE part (
    part  INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;

WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 255)
INSERT INTO part (part, epoch) SELECT n, 0 FROM number;

-- A person and the conversation with them, or a routing conversation: who it is. Written by ingest, when somebody is new
-- or changes. An event writes nothing here: the last number given is the inbox's, or else state.done_seq.
CREATE TABLE conv (
    id          INTEGER PRIMARY KEY,
    route       INTEGER NOT NULL,              -- 1: nobody to talk to
    merged_into INTEGER,                       -- the conversation that took this one in
    created_ms  INTEGER NOT NULL,
    key_id      INTEGER NOT NULL DEFAULT 0,
    number      TEXT,
    phone       BLOB,
    bsuid       BLOB,
    name        BLOB
) STRICT;

CREATE INDEX conv_merged ON conv (merged_into) WHERE merged_into IS NOT NULL;

-- Keyed hash of (business number, kind, value) to a conversation. Written by ingest when somebody is new or changes.
CREATE TABLE alias (
    hash BLOB PRIMARY KEY,
    conv INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a conversation stands: what the next turn starts from. Added with it, then written by turns only, one row and one
-- page a turn; gone when another conversation took it in.
CREATE TABLE state (
    conv       INTEGER PRIMARY KEY,
    done_seq   INTEGER NOT NULL DEFAULT 0,
    heard_ms   INTEGER NOT NULL DEFAULT 0,     -- of handled events; those in the inbox may be later
    now_ms     INTEGER NOT NULL DEFAULT 0,     -- `now` of the last turn
    failures   INTEGER NOT NULL DEFAULT 0,     -- turns in a row that failed
    generation INTEGER NOT NULL DEFAULT 0,
    last_event INTEGER,                        -- inbox row of event done_seq
    flow       TEXT NOT NULL DEFAULT '',
    step       TEXT NOT NULL DEFAULT '',
    key_id     INTEGER NOT NULL DEFAULT 0,
    body       BLOB
) STRICT;

-- What a merge left of the younger conversation. Written by ingest, deleted by retention.
CREATE TABLE merged (
    id         INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    conv       INTEGER NOT NULL,
    keeper     INTEGER NOT NULL,
    last_event INTEGER,
    flow       TEXT NOT NULL,
    step       TEXT NOT NULL,
    key_id     INTEGER NOT NULL,
    body       BLOB
) STRICT;

CREATE INDEX merged_conv ON merged (conv);

-- Every event, in the order of its commit. Added by ingest, answers and timers; the columns from handled_ms to call_count by
-- the turn; deleted by retention, which first takes the key away (8 days). Rowids make it an append, and a conversation's
-- events are a chain (before), not an index: ordered or indexed by (conv, seq), every event would dirty a page of its own.
CREATE TABLE inbox (
    id           INTEGER PRIMARY KEY,
    conv         INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    before       INTEGER,                      -- inbox row of event seq - 1
    committed_ms INTEGER NOT NULL,
    handled_ms   INTEGER,
    at_ms        INTEGER NOT NULL,
    heard_ms     INTEGER NOT NULL,             -- at_ms when the person said it, else 0
    key          BLOB,
    generation   INTEGER,
    failed       INTEGER,
    flow         TEXT,
    step         TEXT,
    note         TEXT,
    out_first    INTEGER,
    out_count    INTEGER,
    call_first   INTEGER,
    call_count   INTEGER,
    key_id       INTEGER NOT NULL,
    body         BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX inbox_key ON inbox (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX inbox_todo ON inbox (conv, seq) WHERE handled_ms IS NULL;

-- One API call each. Added by turns; moved on by the sender's marks and by statuses; deleted by retention, except the last,
-- so that no id is given twice.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    conv        INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    class       INTEGER NOT NULL,
    state       INTEGER NOT NULL,              -- enum out_state: below 4 it needs work
    attempt     INTEGER NOT NULL,
    rank        INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    error_code  INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    due_ms      INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    sent_ms     INTEGER NOT NULL,
    done_ms     INTEGER NOT NULL,
    wamid_hash  INTEGER,
    wamid       TEXT,
    twin        TEXT,
    note        TEXT,
    history     TEXT,                          -- statuses, JSON objects with commas between
    source      TEXT,
    key_id      INTEGER NOT NULL,
    body        BLOB NOT NULL
) STRICT;

-- No IN in its condition: with one an update took 35 µs instead of 1.5.
CREATE INDEX outbox_open ON outbox (conv) WHERE state < 4;
CREATE INDEX outbox_wamid ON outbox (wamid_hash) WHERE wamid_hash IS NOT NULL;

-- Calls to the backend. Added by turns, moved on by the sender, done with their answer; their body goes when they are done.
CREATE TABLE call (
    id         INTEGER PRIMARY KEY,
    conv       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    state      INTEGER NOT NULL,               -- enum call_state: below 2 it needs work
    attempt    INTEGER NOT NULL,
    guard      INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    done_ms    INTEGER NOT NULL,
    step       TEXT NOT NULL,
    method     TEXT NOT NULL,
    path       TEXT NOT NULL,
    key        TEXT NOT NULL,
    key_id     INTEGER NOT NULL,
    body       BLOB
) STRICT;

CREATE INDEX call_open ON call (conv) WHERE state < 2;

-- Timers that have not fired. Set and removed by turns, started by the outbox row that they wait for, removed when they fire.
CREATE TABLE timer (
    conv   INTEGER NOT NULL,
    name   TEXT NOT NULL,
    guard  INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,                   -- a delay while out_id is set
    out_id INTEGER,
    PRIMARY KEY (conv, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX timer_due ON timer (due_ms) WHERE out_id IS NULL;
CREATE INDEX timer_waits ON timer (out_id) WHERE out_id IS NOT NULL;
