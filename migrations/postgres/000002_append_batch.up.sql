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
--   id_reused        stored before, with other content
--   reply_not_found  the reply names no entry
-- A reply of 0 is none.
-- Errors: CF001 when the lease (node, epoch) has ended; lock_timeout when waiting.
--
-- Its speed is its plans, and plans are kept: each statement is written so that the planner has no
-- choice that is good for a small table only. Hence LATERAL with LIMIT, no joins of two sets, and
-- the settings at the end. What must stay apart: the lock (1) and the look-up of retries (2), since
-- a statement that waits for a lock keeps the snapshot it began with.
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
  outcomes text[];    -- for each item, as all below
  seqs bigint[];
  ids bigint[];
  times bigint[];
  touched bigint[];   -- the conversations that get entries, ascending
  heads bigint[];     -- and their new last_seq
BEGIN
  PERFORM 1 FROM nodes n
  WHERE n.number = append_batch.node AND n.epoch = append_batch.epoch FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of node % at epoch % has ended', node, append_batch.epoch
      USING ERRCODE = 'CF001';
  END IF;

  -- (1) Lock, one after the other as they are given.
  IF waiting THEN
    SELECT array_agg(coalesce(l.last_seq, missing)), array_agg(coalesce(l.members_seq, 0))
    INTO lasts, members
    FROM unnest(append_batch.conversations) AS d (id)
    LEFT JOIN LATERAL (
      SELECT c.last_seq, c.members_seq FROM conversations c
      WHERE c.conversation_id = d.id FOR NO KEY UPDATE) l ON true;
  ELSE
    SELECT array_agg(coalesce(l.last_seq, CASE WHEN EXISTS (
                       SELECT 1 FROM conversations c WHERE c.conversation_id = d.id)
                     THEN held ELSE missing END)),
           array_agg(coalesce(l.members_seq, 0))
    INTO lasts, members
    FROM unnest(append_batch.conversations) AS d (id)
    LEFT JOIN LATERAL (
      SELECT c.last_seq, c.members_seq FROM conversations c
      WHERE c.conversation_id = d.id FOR NO KEY UPDATE SKIP LOCKED) l ON true;
  END IF;

  -- (2) Look up retries, then members and replies, and number what is accepted.
  SELECT array_agg(v.outcome ORDER BY v.n), array_agg(v.message_id ORDER BY v.n),
         array_agg(v.created_at ORDER BY v.n),
         array_agg(CASE v.outcome WHEN 'stored' THEN lasts[v.place] + v.nth ELSE v.stored_seq END
                   ORDER BY v.n)
  INTO outcomes, ids, times, seqs
  FROM (
    SELECT j.*, row_number() OVER (PARTITION BY j.place, j.outcome ORDER BY j.n) AS nth
    FROM (
      SELECT i.n, i.place, d.seq AS stored_seq,
             coalesce(d.message_id, i.message_id) AS message_id,
             coalesce(d.created_at, now_ms) AS created_at,
             CASE WHEN lasts[i.place] = missing THEN 'not_found'
                  WHEN lasts[i.place] = held THEN 'skipped'
                  WHEN d.content_hash = i.hash THEN 'repeat'
                  WHEN d.seq IS NOT NULL THEN 'id_reused'
                  WHEN m.one IS NULL THEN 'not_found'
                  WHEN i.reply <> 0 AND i.reply NOT BETWEEN 1 AND lasts[i.place]
                    THEN 'reply_not_found'
                  ELSE 'stored' END AS outcome
      FROM unnest(places, senders, client_msg_ids, hashes, replies, append_batch.message_ids)
           WITH ORDINALITY AS i (place, sender, client_msg_id, hash, reply, message_id, n)
      LEFT JOIN LATERAL (
        SELECT s.seq, s.message_id, s.created_at, s.content_hash FROM messages s
        WHERE (s.conversation_id + 0) = append_batch.conversations[i.place]
          AND s.sender_id = i.sender AND s.client_msg_id = i.client_msg_id
        LIMIT 1) d ON true
      LEFT JOIN LATERAL (
        SELECT 1 AS one FROM conversation_members cm
        WHERE cm.conversation_id = append_batch.conversations[i.place]
          AND cm.user_id = i.sender AND cm.left_seq IS NULL
        LIMIT 1) m ON true) j) v;

  -- (3) Store.
  SELECT array_agg(append_batch.conversations[h.place] ORDER BY h.place),
         array_agg(h.last_seq ORDER BY h.place)
  INTO touched, heads
  FROM (SELECT i.place, max(i.seq) AS last_seq
        FROM unnest(places, outcomes, seqs) AS i (place, outcome, seq)
        WHERE i.outcome = 'stored' GROUP BY i.place) h;

  IF touched IS NOT NULL THEN
    INSERT INTO messages (conversation_id, seq, message_id, kind, sender_id, client_msg_id,
                          content_hash, text, created_at, reply_to_seq)
    SELECT append_batch.conversations[i.place], i.seq, i.message_id, 'text', i.sender,
           i.client_msg_id, i.hash, i.text, now_ms, nullif(i.reply, 0)
    FROM unnest(places, senders, client_msg_ids, hashes, replies, ids, texts, outcomes, seqs)
         AS i (place, sender, client_msg_id, hash, reply, message_id, text, outcome, seq)
    WHERE i.outcome = 'stored';

    -- `touched` is sorted, so that the bucket of one of its values is that value's index.
    UPDATE conversations c
    SET last_seq = heads[width_bucket(c.conversation_id, touched)],
        last_activity = greatest(c.last_activity, now_ms)
    WHERE c.conversation_id = ANY (touched);

    -- An update of rows that exist: an UPDATE joined to the arrays would leave the planner a
    -- choice. The second and third value are never stored, because members' rows stay.
    INSERT INTO conversation_members AS cm (conversation_id, user_id, role, joined_seq, read_seq)
    SELECT append_batch.conversations[i.place], i.sender, 'member', 0, max(i.seq)
    FROM unnest(places, senders, outcomes, seqs) AS i (place, sender, outcome, seq)
    WHERE i.outcome = 'stored'
    GROUP BY i.place, i.sender ORDER BY i.place, i.sender
    ON CONFLICT (conversation_id, user_id)
    DO UPDATE SET read_seq = greatest(cm.read_seq, excluded.read_seq);

    -- (4) Tell the other nodes.
    INSERT INTO commit_log (origin, lane, batch, conversation_ids, seqs, members_seqs, created_at)
    SELECT append_batch.epoch, append_batch.lane, append_batch.batch,
           array_agg(append_batch.conversations[i.place] ORDER BY i.n),
           array_agg(i.seq ORDER BY i.n), array_agg(members[i.place] ORDER BY i.n), now_ms
    FROM unnest(places, outcomes, seqs) WITH ORDINALITY AS i (place, outcome, seq, n)
    WHERE i.outcome = 'stored';
  END IF;

  RETURN QUERY
  SELECT i.outcome, i.seq, i.id, i.created_at, members[i.place]
  FROM unnest(outcomes, seqs, ids, times, places) WITH ORDINALITY
       AS i (outcome, seq, id, created_at, place, n)
  ORDER BY i.n;
END
$$
SET enable_seqscan = off
SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan
SET jit = off;
