-- The schema of the store that nodes share, without its one function. Rules for every table:
-- * Times are milliseconds since 1970-01-01 UTC, as in the embedded store and in ids: one form in
--   every comparison, cursor and index, whatever the server's time zone. For people:
--   to_timestamp(created_at / 1000.0).
-- * Ids are made by the server, never by PostgreSQL; no sequence counts what must have no holes.
-- * Words (kind, role, state) are those of the protocol.
-- * Text that is a key compares byte by byte, so that no locale decides what is equal or first.
-- * Locks are taken on users, then conversations, then members, then messages, each by ascending
--   key.

CREATE TABLE users (
  user_id bigint PRIMARY KEY,
  username text COLLATE "C" NOT NULL UNIQUE,  -- in its canonical lower case
  display_name text NOT NULL,
  email text COLLATE "C" UNIQUE,  -- canonical lower case; bots and erased users have none
  password_hash text,             -- Argon2id in its encoded form; NULL: no login by password
  bot boolean NOT NULL DEFAULT false,
  disabled boolean NOT NULL DEFAULT false,
  created_at bigint NOT NULL,
  last_change bigint NOT NULL DEFAULT 0,  -- counts this user's own changes, without holes
  last_seen_at bigint                     -- NULL: never went offline
) WITH (fillfactor = 80);

CREATE TABLE sessions (
  session_id bigint PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (user_id),
  device_name text NOT NULL,
  refresh_hash bytea NOT NULL UNIQUE,  -- of the refresh token given out last
  created_at bigint NOT NULL,
  last_used_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint,
  push text                            -- reserved
);

CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

-- Refresh tokens that a newer one replaced. All of a session's are kept for as long as a token
-- lives, not the last one only: a thief who refreshes twice would otherwise go unnoticed.
CREATE TABLE replaced_refresh_tokens (
  refresh_hash bytea PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
  replaced_at bigint NOT NULL
);

CREATE INDEX replaced_refresh_tokens_by_session
  ON replaced_refresh_tokens (session_id, replaced_at);

CREATE TABLE signing_keys (
  key_id bigint PRIMARY KEY,
  material bytea NOT NULL,
  created_at bigint NOT NULL,
  retires_at bigint  -- NULL: not replaced yet
);

CREATE TABLE used_tickets (
  nonce bytea PRIMARY KEY,
  expires_at bigint NOT NULL
);

CREATE INDEX used_tickets_by_expiry ON used_tickets (expires_at);

-- Each pair has two rows, one as each side sees it.
CREATE TABLE contacts (
  user_id bigint NOT NULL REFERENCES users (user_id),
  other_id bigint NOT NULL REFERENCES users (user_id),
  state text NOT NULL,  -- contact, requested (by user_id), requesting (by other_id)
  created_at bigint NOT NULL,
  PRIMARY KEY (user_id, other_id)
);

CREATE TABLE blocks (
  user_id bigint NOT NULL REFERENCES users (user_id),
  blocked_id bigint NOT NULL REFERENCES users (user_id),
  created_at bigint NOT NULL,
  PRIMARY KEY (user_id, blocked_id)
);

-- Its row is the lock of a conversation: whoever adds an entry or changes the membership holds it
-- to the end of the transaction.
CREATE TABLE conversations (
  conversation_id bigint PRIMARY KEY,
  kind text NOT NULL,  -- direct, group
  name text NOT NULL DEFAULT '',
  created_at bigint NOT NULL,
  members_count integer NOT NULL,          -- of those who have not left
  members_seq bigint NOT NULL DEFAULT 0,   -- seq of the last membership entry
  last_seq bigint NOT NULL DEFAULT 0,      -- counts entries, without holes
  last_change bigint NOT NULL DEFAULT 0,   -- counts edits, deletes and reactions, without holes
  last_activity bigint NOT NULL,           -- when the last entry came, or the creation
  closed boolean NOT NULL DEFAULT false    -- direct: one of the two blocks the other
) WITH (fillfactor = 70);

-- A removed member's row stays, with left_seq.
CREATE TABLE conversation_members (
  conversation_id bigint NOT NULL REFERENCES conversations (conversation_id),
  user_id bigint NOT NULL REFERENCES users (user_id),
  role text NOT NULL,          -- owner, admin, member
  joined_seq bigint NOT NULL,
  left_seq bigint,             -- of the entry that removed them; NULL: still a member
  read_seq bigint NOT NULL DEFAULT 0,
  delivered_seq bigint NOT NULL DEFAULT 0,
  muted_until bigint,
  archived boolean NOT NULL DEFAULT false,
  PRIMARY KEY (conversation_id, user_id)
) WITH (fillfactor = 70);

-- A user's conversations are listed by sorting this range by conversations.last_activity. It costs
-- as much as the user has conversations; an index in that order would have to hold last_activity
-- per member and so be rewritten for each of 10,000 members whenever one of them writes.
CREATE INDEX conversation_members_by_user
  ON conversation_members (user_id, conversation_id) WHERE left_seq IS NULL;

-- For an export of all that a user said; written when somebody leaves, and so hardly ever.
CREATE INDEX left_members_by_user
  ON conversation_members (user_id, conversation_id) WHERE left_seq IS NOT NULL;

CREATE TABLE direct_conversations (
  user_lo bigint NOT NULL REFERENCES users (user_id),
  user_hi bigint NOT NULL REFERENCES users (user_id),
  conversation_id bigint NOT NULL REFERENCES conversations (conversation_id),
  PRIMARY KEY (user_lo, user_hi),
  CHECK (user_lo < user_hi)
);

CREATE TABLE messages (
  conversation_id bigint NOT NULL,
  seq bigint NOT NULL,
  message_id bigint NOT NULL,
  kind text NOT NULL,      -- text, created, renamed, member_added, member_removed, role_changed
  sender_id bigint NOT NULL,
  client_msg_id text COLLATE "C",  -- NULL for entries that the server itself makes
  content_hash bytea,      -- of text and reply as first sent; tells a retry from a reused id
  text text NOT NULL,
  created_at bigint NOT NULL,
  reply_to_seq bigint,
  subject_user_id bigint,  -- whom a membership entry is about
  name text,               -- created, renamed
  role text,               -- role_changed
  payload bytea,           -- reserved
  payload_type text,       -- reserved
  attachments text,        -- reserved
  mentions text,           -- reserved
  edited_at bigint,
  deleted boolean NOT NULL DEFAULT false,
  change bigint NOT NULL DEFAULT 0,  -- of the conversation, when this entry last changed; 0: never
  PRIMARY KEY (conversation_id, seq)
);

-- A retry is the same message. The sum makes this the only index that serves the look-up of a
-- retry: by the bare column the planner may take the primary key instead, and read a whole
-- conversation for each message.
CREATE UNIQUE INDEX messages_by_client_msg_id
  ON messages ((conversation_id + 0), sender_id, client_msg_id);

CREATE INDEX messages_by_change ON messages (conversation_id, change) WHERE change > 0;

-- For tracing one message. Ids rise with time and rows lie in the order in which they came, so the
-- bounds of each few pages find it, and sends pay next to nothing.
CREATE INDEX messages_by_message_id ON messages
  USING brin (message_id) WITH (pages_per_range = 16, autosummarize = on);

-- Taking a reaction back deletes its row; messages.change tells readers of either.
CREATE TABLE reactions (
  conversation_id bigint NOT NULL,
  seq bigint NOT NULL,
  emoji text COLLATE "C" NOT NULL,
  user_id bigint NOT NULL,
  change bigint NOT NULL,  -- of the conversation, when it was made
  PRIMARY KEY (conversation_id, seq, emoji, user_id),
  FOREIGN KEY (conversation_id, seq) REFERENCES messages (conversation_id, seq)
);

-- What of a user's changed last at which of their changes: one row per thing, moved forward when it
-- changes again, so that a user has no more rows than things.
CREATE TABLE user_changes (
  user_id bigint NOT NULL REFERENCES users (user_id),
  change bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,  -- contact, block, conversation, read
  subject_id bigint NOT NULL,      -- a user or a conversation
  PRIMARY KEY (user_id, change),
  UNIQUE (user_id, kind, subject_id)
);

-- What each commit changed, for the nodes that did not hear of it. Rows live for 10 minutes.
-- The entries are read back from messages: those three arrays are as long as each other.
CREATE TABLE commit_log (
  origin bigint NOT NULL,    -- nodes.epoch of the node that committed
  lane smallint NOT NULL,    -- of that node; each commits one batch after the other
  batch bigint NOT NULL,     -- counts the lane's batches, without holes
  conversation_ids bigint[] NOT NULL DEFAULT '{}',
  seqs bigint[] NOT NULL DEFAULT '{}',
  members_seqs bigint[] NOT NULL DEFAULT '{}',  -- of the conversations, at that time
  changes bytea,             -- a chat.postgres.LoggedChanges; NULL: none
  created_at bigint NOT NULL,
  PRIMARY KEY (origin, lane, batch)
);

CREATE INDEX commit_log_by_time ON commit_log (created_at);

-- The nodes that are alive, or were a moment ago. A transaction of a node holds its row FOR KEY
-- SHARE, so that ending a node waits for what it is doing and nothing of it comes later.
CREATE TABLE nodes (
  number integer PRIMARY KEY CHECK (number BETWEEN 0 AND 1023),  -- the ten bits of its ids
  epoch bigint NOT NULL UNIQUE,  -- of this start; never given out twice
  name text NOT NULL,
  renewals bigint NOT NULL DEFAULT 0,
  renewed_at bigint NOT NULL
) WITH (fillfactor = 20);

-- Skips numbers after a crash but repeats none, which is all that an epoch needs.
CREATE SEQUENCE node_epochs;

-- No id that carries this number has a later time. Outlives the node that had the number.
CREATE TABLE id_floors (
  number integer PRIMARY KEY,
  id_floor_ms bigint NOT NULL
) WITH (fillfactor = 20);
