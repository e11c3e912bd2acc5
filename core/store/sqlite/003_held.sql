-- Version 3.

-- A conversation that is with staff: since when, and until when at the latest. Written by turns and by operators. Both are 0
-- while the bot has it. They stand here and not in the state's body, because the commit of a turn decides by them.
ALTER TABLE state ADD COLUMN held_since_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN held_until_ms INTEGER NOT NULL DEFAULT 0;

CREATE INDEX state_held ON state (held_since_ms) WHERE held_until_ms > 0;
