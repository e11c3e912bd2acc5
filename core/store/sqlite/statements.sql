-- Every statement that runs on an open file. A name is on its own line and lasts until the next; it is prepared once.

-- name: begin
BEGIN IMMEDIATE;
-- name: commit
COMMIT;

-- name: meta_get
SELECT value FROM meta WHERE name = ?1;
-- name: meta_put
INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2);
-- name: epochs
SELECT part, epoch FROM part;
-- name: epochs_rise
UPDATE part SET epoch = epoch + 1;

-- name: alias_find
SELECT conv FROM alias WHERE hash = ?1;
-- name: alias_put
INSERT OR REPLACE INTO alias (hash, conv) VALUES (?1, ?2);
-- name: alias_drop
DELETE FROM alias WHERE hash = ?1;

-- name: conv_find
SELECT
    c.route,
    c.merged_into,
    s.done_seq,
    s.heard_ms,
    s.now_ms,
    s.last_event,
    s.secret,
    c.number,
    c.phone,
    c.bsuid,
    c.name,
    s.held_since_ms,
    s.held_until_ms
FROM conv c LEFT JOIN state s ON s.conv = c.id WHERE c.id = ?1;
-- name: conv_last
SELECT seq, id FROM inbox WHERE conv = ?1 AND handled_ms IS NULL ORDER BY seq DESC LIMIT 1;
-- name: conv_heard
SELECT MAX(heard_ms) FROM inbox WHERE conv = ?1 AND handled_ms IS NULL;
-- name: conv_add
INSERT INTO conv (route, created_ms, number, phone, bsuid, name) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
-- name: state_add
INSERT INTO state (conv) VALUES (?1);
-- name: conv_identity
UPDATE conv SET phone = ?2, bsuid = ?3, name = ?4 WHERE id = ?1;
-- name: conv_turn
UPDATE state
SET done_seq = ?2,
    heard_ms = ?3,
    now_ms = ?4,
    failures = CASE WHEN ?5 THEN failures + 1 ELSE 0 END,
    generation = ?6,
    last_event = (SELECT id FROM inbox WHERE conv = ?1 AND seq = ?2 AND handled_ms IS NULL),
    flow = ?7,
    step = ?8,
    secret = ?12,
    body = ?9
WHERE conv = ?1 AND done_seq = ?2 - 1 AND (SELECT epoch FROM part WHERE part = ?10) = ?11;
-- name: conv_archive
INSERT INTO merged (at_ms, conv, keeper, last_event, flow, step, key_id, body)
SELECT ?3, conv, ?2, last_event, flow, step, key_id, body FROM state WHERE conv = ?1;
-- name: conv_leave
UPDATE conv SET merged_into = ?2 WHERE id = ?1;
-- name: state_heard
UPDATE state SET heard_ms = MAX(heard_ms, ?2) WHERE conv = ?1;
-- name: conv_merged
SELECT id FROM conv WHERE merged_into = ?1 ORDER BY id;

-- name: conv_hold
UPDATE state SET held_since_ms = ?2, held_until_ms = ?3 WHERE conv = ?1;
-- name: conv_held
SELECT conv, held_since_ms, held_until_ms FROM state
WHERE held_since_ms > 0 AND held_until_ms > 0 AND held_until_ms > ?1 ORDER BY held_since_ms LIMIT ?2;

-- name: state_find
SELECT body FROM state WHERE conv = ?1;
-- name: state_drop
DELETE FROM state WHERE conv = ?1;

-- name: inbox_seen
SELECT conv, seq FROM inbox WHERE key = ?1;
-- name: inbox_add
INSERT INTO inbox (conv, seq, before, committed_ms, at_ms, heard_ms, key, key_id, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9, ?8);
-- name: inbox_handled
UPDATE inbox
SET handled_ms = ?3,
    generation = ?4,
    failed = ?5,
    flow = ?6,
    step = ?7,
    note = ?8,
    out_first = ?9,
    out_count = ?10,
    call_first = ?11,
    call_count = ?12,
    key_id = CASE WHEN ?13 THEN 1 ELSE key_id END,
    body = CASE WHEN ?13 OR key_id = 1 THEN x'' ELSE body END
WHERE conv = ?1 AND seq = ?2 AND handled_ms IS NULL;
-- name: inbox_next
SELECT conv, seq, committed_ms, at_ms, heard_ms, body, key_id
FROM inbox WHERE conv = ?1 AND seq > ?2 AND handled_ms IS NULL ORDER BY seq LIMIT ?3;
-- name: inbox_todo
SELECT conv, seq, committed_ms, at_ms, heard_ms, body, key_id
FROM inbox WHERE (conv, seq) > (?1, ?2) AND handled_ms IS NULL ORDER BY conv, seq;
-- name: inbox_first
SELECT id FROM inbox WHERE conv = ?1 AND handled_ms IS NULL ORDER BY seq LIMIT 1;
-- name: inbox_move
UPDATE inbox SET conv = ?2, seq = ?3, before = ?4 WHERE id = ?1;
-- name: story_start
SELECT IFNULL(
    (SELECT id FROM inbox WHERE conv = ?1 AND handled_ms IS NULL ORDER BY seq DESC LIMIT 1),
    IFNULL((SELECT last_event FROM state WHERE conv = ?1), (SELECT last_event FROM merged WHERE conv = ?1))
);
-- name: story_event
SELECT
    conv,
    seq,
    committed_ms,
    at_ms,
    heard_ms,
    body,
    key_id,
    handled_ms,
    generation,
    failed,
    flow,
    step,
    note,
    out_first,
    out_count,
    call_first,
    call_count,
    before
FROM inbox WHERE id = ?1 AND conv = ?2;

-- name: outbox_add
INSERT INTO outbox (
    conv, seq, class, state, attempt, rank, failed, error_code, created_ms, due_ms, expires_ms, sent_ms, done_ms, source, key_id, body
) VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, ?4, ?5, ?6, 0, 0, ?7, 0, ?8);
-- name: outbox_sending
UPDATE outbox SET state = 1, attempt = ?3, sent_ms = ?4 WHERE id = ?1 AND state = ?2 AND attempt = ?3 - 1;
-- name: outbox_back
UPDATE outbox SET state = ?4, due_ms = ?5, error_code = ?6, note = IFNULL(?7, note)
WHERE id = ?1 AND state = ?2 AND attempt = ?3;
-- name: outbox_done
UPDATE outbox
SET state = ?4,
    done_ms = ?5,
    error_code = ?6,
    note = IFNULL(?7, note),
    wamid = IFNULL(?8, wamid),
    wamid_hash = IFNULL(?9, wamid_hash)
WHERE id = ?1 AND state = ?2 AND attempt = ?3;
-- name: outbox_find
SELECT
    id, conv, seq, class, state, attempt, rank, failed, error_code, created_ms, due_ms, expires_ms, sent_ms, done_ms,
    wamid, twin, source, note, history, body
FROM outbox WHERE id = ?1;
-- name: outbox_wamid
SELECT
    id, conv, seq, class, state, attempt, rank, failed, error_code, created_ms, due_ms, expires_ms, sent_ms, done_ms,
    wamid, twin, source, note, history, body
FROM outbox WHERE wamid_hash = ?1 AND wamid = ?2;
-- name: outbox_change
UPDATE outbox
SET state = ?2,
    rank = ?3,
    failed = ?4,
    error_code = ?5,
    done_ms = ?6,
    wamid = IFNULL(?7, wamid),
    wamid_hash = IFNULL(?8, wamid_hash),
    twin = IFNULL(?9, twin),
    history = IFNULL(history || ',', '') || ?10
WHERE id = ?1;
-- name: outbox_open
SELECT
    id, conv, seq, class, state, attempt, rank, failed, error_code, created_ms, due_ms, expires_ms, sent_ms, done_ms,
    wamid, twin, source, note, history, body
FROM outbox WHERE state < 4 ORDER BY conv, id;
-- name: outbox_doubt
UPDATE outbox SET state = 2 WHERE state = 1 AND state < 4;
-- name: outbox_give
UPDATE outbox SET conv = ?2 WHERE conv = ?1 AND state < 4;

-- name: call_add
INSERT INTO call (
    conv, seq, state, attempt, guard, timeout_ms, created_ms, due_ms, done_ms, step, method, path, key, key_id, body, auth, pages
) VALUES (?1, ?2, 0, 0, ?3, ?4, ?5, 0, 0, ?6, ?7, ?8, ?9, ?11, ?10, ?12, ?13);
-- name: call_running
UPDATE call SET state = 1, attempt = ?3 WHERE id = ?1 AND state = ?2 AND attempt = ?3 - 1;
-- name: call_back
UPDATE call SET state = 0, due_ms = ?4 WHERE id = ?1 AND state = ?2 AND attempt = ?3;
-- name: call_conv
SELECT conv, key_id FROM call WHERE id = ?1 AND state = 1;
-- name: call_done
UPDATE call SET state = 2, done_ms = ?2, body = NULL, auth = NULL WHERE id = ?1;
-- name: call_find
SELECT id, conv, seq, state, attempt, guard, timeout_ms, created_ms, due_ms, done_ms, step, method, path, key, body, key_id, auth, pages
FROM call WHERE id = ?1;
-- name: call_open
SELECT id, conv, seq, state, attempt, guard, timeout_ms, created_ms, due_ms, done_ms, step, method, path, key, body, key_id, auth, pages
FROM call WHERE state < 2 ORDER BY conv, id;
-- name: call_give
UPDATE call SET conv = ?2 WHERE conv = ?1 AND state < 2;

-- name: timer_set
INSERT OR REPLACE INTO timer (conv, name, guard, due_ms, out_id) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: timer_drop
DELETE FROM timer WHERE conv = ?1 AND name = ?2;
-- name: timer_drop_all
DELETE FROM timer WHERE conv = ?1;
-- name: timer_waits
SELECT MIN(due_ms) FROM timer WHERE out_id = ?1;
-- name: timer_start
UPDATE timer SET due_ms = due_ms + ?2, out_id = NULL WHERE out_id = ?1;
-- name: timer_first
SELECT conv, name, guard, due_ms FROM timer WHERE out_id IS NULL AND due_ms <= ?1 ORDER BY due_ms LIMIT 1;
-- name: timer_next
SELECT due_ms FROM timer WHERE out_id IS NULL ORDER BY due_ms LIMIT 1;

-- name: park
INSERT INTO parked (at_ms, key, source, reason, key_id, body) VALUES (?1, ?2, ?3, ?4, 0, ?5) ON CONFLICT (key) DO NOTHING;
-- name: parked
SELECT id, at_ms, source, reason, body FROM parked ORDER BY id DESC LIMIT ?1;

-- name: walk_events
SELECT id, committed_ms, handled_ms IS NOT NULL FROM inbox WHERE id > ?1 ORDER BY id LIMIT ?2;
-- name: forget_key
UPDATE inbox SET key = NULL WHERE id = ?1 AND key IS NOT NULL;
-- name: drop_event
DELETE FROM inbox WHERE id = ?1;
-- name: walk_sends
SELECT id, created_ms, state >= 4 FROM outbox WHERE id > ?1 AND id < (SELECT MAX(id) FROM outbox) ORDER BY id LIMIT ?2;
-- name: drop_send
DELETE FROM outbox WHERE id = ?1;
-- name: walk_calls
SELECT id, created_ms, state >= 2 FROM call WHERE id > ?1 AND id < (SELECT MAX(id) FROM call) ORDER BY id LIMIT ?2;
-- name: drop_call
DELETE FROM call WHERE id = ?1;
-- name: walk_parked
SELECT id, at_ms, 1 FROM parked WHERE id > ?1 ORDER BY id LIMIT ?2;
-- name: drop_parked
DELETE FROM parked WHERE id = ?1;
-- name: walk_merged
SELECT id, at_ms, 1 FROM merged WHERE id > ?1 ORDER BY id LIMIT ?2;
-- name: drop_merged
DELETE FROM merged WHERE id = ?1;

-- name: figures
SELECT
    (SELECT COUNT(*) FROM conv),
    (SELECT COUNT(*) FROM inbox WHERE handled_ms IS NULL),
    (SELECT COUNT(*) FROM timer),
    (SELECT COUNT(*) FROM call WHERE state < 2),
    (SELECT COUNT(*) FROM parked),
    (SELECT COUNT(*) FROM conv WHERE merged_into IS NOT NULL),
    (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size);
-- name: open_states
SELECT state, COUNT(*) FROM outbox WHERE state < 4 GROUP BY state;
-- name: places
SELECT conv, flow, step FROM state WHERE conv > ?1 ORDER BY conv LIMIT ?2;
