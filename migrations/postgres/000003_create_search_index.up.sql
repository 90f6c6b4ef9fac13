-- What messages are found by, made from the messages by a background reader: all of it may be
-- emptied, and is then made again.

CREATE TABLE search_entries (
  conversation_id bigint NOT NULL,
  seq bigint NOT NULL,
  message_id bigint NOT NULL,
  terms tsvector NOT NULL,  -- of server/core/search_terms.h, without positions
  PRIMARY KEY (conversation_id, seq)
);

-- Without a list of what is still to be put into the index, which every search would have to read
-- through; nobody waits for who writes here.
CREATE INDEX search_entries_by_terms ON search_entries USING gin (terms)
  WITH (fastupdate = off);

-- From when to when the texts of a slice are.
CREATE TABLE search_slices (
  conversation_id bigint NOT NULL,
  slice bigint NOT NULL,
  oldest_id bigint NOT NULL,
  newest_id bigint NOT NULL,
  PRIMARY KEY (conversation_id, slice)
) WITH (fillfactor = 70);

-- How far the index has come; no row: not begun. The row is the lock of who brings it further.
CREATE TABLE search_positions (
  conversation_id bigint PRIMARY KEY,
  seq bigint NOT NULL DEFAULT 0,    -- up to this entry
  change bigint NOT NULL DEFAULT 0  -- and up to this change of entries before
) WITH (fillfactor = 70);

-- Two queries that are functions for their settings: however small a table was when the plan was made,
-- rows are looked up by an index.

-- All slices of the conversations of a member that hold messages before one, the newest first.
CREATE FUNCTION list_search_slices(viewer bigint, before bigint)
RETURNS TABLE (conversation_id bigint, slice bigint, newest_id bigint)
LANGUAGE sql STABLE
AS $$
  SELECT s.conversation_id, s.slice, s.newest_id FROM conversation_members m
  CROSS JOIN LATERAL (
    SELECT t.conversation_id, t.slice, t.newest_id FROM search_slices t
    WHERE t.conversation_id = m.conversation_id AND t.oldest_id < $2 OFFSET 0) s
  WHERE m.user_id = $1 AND m.left_seq IS NULL ORDER BY s.newest_id DESC
$$
SET enable_seqscan = off
SET jit = off;

-- The newest messages with these terms, of those before one.
CREATE FUNCTION find_search_entries(wanted tsquery, before bigint, count integer)
RETURNS TABLE (message_id bigint, conversation_id bigint, seq bigint)
LANGUAGE sql STABLE
AS $$
  SELECT e.message_id, e.conversation_id, e.seq FROM search_entries e
  WHERE e.terms @@ $1 AND e.message_id < $2 ORDER BY e.message_id DESC LIMIT $3
$$
SET enable_seqscan = off
SET enable_indexscan = off
SET enable_bitmapscan = on
SET jit = off;
