-- Stores a batch of messages in one transaction, in READ COMMITTED, where each statement of a
-- volatile function sees what was committed before that statement began.
--
-- Item i is a message to conversations[places[i]], with the i-th value of the arrays that follow.
-- conversations: ascending, none twice. No two items have the same conversation, sender and
-- client_msg_id. Answers a row for each item, in their order; outcome:
--   stored           with seq, message_id, created_at
--   repeat           stored before, with what it has since then
--   skipped          somebody else holds the conversation; only without waiting
--   not_found        no such conversation, or the sender is not a member
--   closed           one of the two of a direct conversation blocks the other
--   id_reused        stored before, with other content
--   reply_not_found  the reply names no entry
-- A reply of 0 is none.
-- Errors: CF001 when the lease (node, epoch) has ended; lock_timeout when waiting.
--
-- Its speed is its plans, and plans are kept: each statement is written so that the planner has no
-- choice that is good for a small table only. Hence LATERAL with LIMIT, no joins of two sets, and
-- the settings at the end. What must stay apart: the lock (1) and the look-up of retries (2), since
-- a statement that waits for a lock keeps the snapshot it began with. All that follows the lock is
-- one statement, because to begin and end one costs about as much as to store a message; none of
-- its parts has to see what another wrote.
CREATE FUNCTION append_batch(
  node integer, epoch bigint, lane smallint, batch bigint, waiting boolean, now_ms bigint,
  conversations bigint[], places integer[], senders bigint[], client_msg_ids text[],
  hashes bytea[], replies bigint[], message_ids bigint[], texts text[])
RETURNS TABLE (outcome text, seq bigint, message_id bigint, created_at bigint, members_seq bigint)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
  missing CONSTANT bigint := -2;
  held CONSTANT bigint := -1;
  lasts bigint[];     -- for each conversation its last_seq, or one of the two above
  members bigint[];   -- for each conversation its members_seq
  shut boolean[];     -- for each conversation whether it is closed
BEGIN
  -- (1) Lock the lease, then one conversation after the other as they are given; none without it.
  IF waiting THEN
    SELECT array_agg(coalesce(l.last_seq, missing)), array_agg(coalesce(l.members_seq, 0)),
           array_agg(coalesce(l.closed, false))
    INTO lasts, members, shut
    FROM unnest(CASE WHEN (
      SELECT true FROM nodes n
      WHERE n.number = append_batch.node AND n.epoch = append_batch.epoch FOR KEY SHARE)
      THEN append_batch.conversations END) AS d (id)
    LEFT JOIN LATERAL (
      SELECT c.last_seq, c.members_seq, c.closed FROM conversations c
      WHERE c.conversation_id = d.id FOR NO KEY UPDATE) l ON true;
  ELSE
    SELECT array_agg(coalesce(l.last_seq, CASE WHEN EXISTS (
                       SELECT 1 FROM conversations c WHERE c.conversation_id = d.id)
                     THEN held ELSE missing END)),
           array_agg(coalesce(l.members_seq, 0)), array_agg(coalesce(l.closed, false))
    INTO lasts, members, shut
    FROM unnest(CASE WHEN (
      SELECT true FROM nodes n
      WHERE n.number = append_batch.node AND n.epoch = append_batch.epoch FOR KEY SHARE)
      THEN append_batch.conversations END) AS d (id)
    LEFT JOIN LATERAL (
      SELECT c.last_seq, c.members_seq, c.closed FROM conversations c
      WHERE c.conversation_id = d.id FOR NO KEY UPDATE SKIP LOCKED) l ON true;
  END IF;
  IF lasts IS NULL THEN
    RAISE EXCEPTION 'the lease of node % at epoch % has ended', node, append_batch.epoch
      USING ERRCODE = 'CF001';
  END IF;

  RETURN QUERY
  -- (2) Look up retries, then members and replies, and number what is accepted.
  WITH judged AS MATERIALIZED (
    SELECT j.*, CASE j.outcome
                WHEN 'stored' THEN lasts[j.place] + row_number() OVER (
                  PARTITION BY j.place, j.outcome ORDER BY j.n)
                ELSE j.stored_seq END AS seq
    FROM (
      SELECT i.n, i.place, append_batch.conversations[i.place] AS conversation_id, i.sender,
             i.client_msg_id, i.hash, i.reply, i.text, d.seq AS stored_seq,
             coalesce(d.message_id, i.message_id) AS message_id,
             coalesce(d.created_at, now_ms) AS created_at,
             CASE WHEN lasts[i.place] = missing THEN 'not_found'
                  WHEN lasts[i.place] = held THEN 'skipped'
                  WHEN d.content_hash = i.hash THEN 'repeat'
                  WHEN d.seq IS NOT NULL THEN 'id_reused'
                  WHEN m.one IS NULL THEN 'not_found'
                  WHEN shut[i.place] THEN 'closed'
                  WHEN i.reply <> 0 AND i.reply NOT BETWEEN 1 AND lasts[i.place]
                    THEN 'reply_not_found'
                  ELSE 'stored' END AS outcome
      FROM unnest(places, senders, client_msg_ids, hashes, replies, append_batch.message_ids,
                  texts)
           WITH ORDINALITY AS i (place, sender, client_msg_id, hash, reply, message_id, text, n)
      LEFT JOIN LATERAL (
        SELECT s.seq, s.message_id, s.created_at, s.content_hash FROM messages s
        WHERE (s.conversation_id + 0) = append_batch.conversations[i.place]
          AND s.sender_id = i.sender AND s.client_msg_id = i.client_msg_id
        LIMIT 1) d ON true
      LEFT JOIN LATERAL (
        SELECT 1 AS one FROM conversation_members cm
        WHERE cm.conversation_id = append_batch.conversations[i.place]
          AND cm.user_id = i.sender AND cm.left_seq IS NULL
        LIMIT 1) m ON true) j),

  -- (3) Store. `touched` is sorted, so that the bucket of one of its values is that value's index.
  stored AS (
    INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, client_msg_id,
                          content_hash, text, created_at, reply_to_seq)
    SELECT i.conversation_id, i.seq, i.message_id, 'text', i.sender, i.client_msg_id, i.hash,
           i.text, now_ms, nullif(i.reply, 0)
    FROM judged i WHERE i.outcome = 'stored'),
  moved AS (
    UPDATE conversations c
    SET last_seq = h.heads[width_bucket(c.conversation_id, h.touched)],
        last_activity = greatest(c.last_activity, now_ms)
    FROM (SELECT array_agg(g.conversation_id ORDER BY g.conversation_id) AS touched,
                 array_agg(g.last_seq ORDER BY g.conversation_id) AS heads
          FROM (SELECT i.conversation_id, max(i.seq) AS last_seq
                FROM judged i WHERE i.outcome = 'stored' GROUP BY i.conversation_id) g) h
    WHERE c.conversation_id = ANY (h.touched)),

  -- An update of rows that exist: an UPDATE joined to the items would leave the planner a choice.
  -- The third and fourth value are never stored, because members' rows stay.
  marked AS (
    INSERT INTO conversation_members AS cm (conversation_id, user_id, role, joined_seq, read_seq)
    SELECT i.conversation_id, i.sender, 'member', 0, max(i.seq)
    FROM judged i WHERE i.outcome = 'stored'
    GROUP BY i.conversation_id, i.sender ORDER BY i.conversation_id, i.sender
    ON CONFLICT (conversation_id, user_id)
    DO UPDATE SET read_seq = greatest(cm.read_seq, excluded.read_seq)),

  -- (4) Tell the other nodes.
  logged AS (
    INSERT INTO commit_log (origin, lane, batch, conversation_ids, seqs, members_seqs, created_at)
    SELECT append_batch.epoch, append_batch.lane, append_batch.batch,
           array_agg(i.conversation_id ORDER BY i.n), array_agg(i.seq ORDER BY i.n),
           array_agg(members[i.place] ORDER BY i.n), now_ms
    FROM judged i WHERE i.outcome = 'stored' HAVING count(*) > 0)

  SELECT j.outcome, j.seq, j.message_id, j.created_at, members[j.place]
  FROM judged j ORDER BY j.n;
END
$$
SET enable_seqscan = off
SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan
SET jit = off;
