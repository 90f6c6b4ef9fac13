-- The whole schema of the embedded store. Rules for every table:
-- * Times are milliseconds since 1970-01-01 UTC. Booleans are 0 or 1.
-- * Ids are made by the server, never by SQLite.
-- * Words (kind, role, state) are those of the protocol. They carry no CHECK, because SQLite can
--   only widen one by copying the table.
-- * WITHOUT ROWID where a table is read by its primary key, so that a row is found in one search
--   and neighbours lie together; not where rows are wide and read by several keys.
-- Not here: commit_log, leases and epochs. They tell nodes of one another, and the owner of this
-- file is always the only node.

CREATE TABLE users (
  user_id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,  -- in its canonical lower case
  display_name TEXT NOT NULL,
  email TEXT UNIQUE,              -- canonical lower case; bots and erased users have none
  password_hash TEXT,             -- Argon2id in its encoded form; NULL: no login by password
  bot INTEGER NOT NULL DEFAULT 0 CHECK (bot IN (0, 1)),
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_change INTEGER NOT NULL DEFAULT 0,  -- counts this user's own changes, without holes
  last_seen_at INTEGER                     -- NULL: never went offline
) STRICT;

CREATE TABLE sessions (
  session_id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (user_id),
  device_name TEXT NOT NULL,
  refresh_hash BLOB NOT NULL UNIQUE,  -- of the refresh token given out last
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  push TEXT                           -- reserved
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

-- Refresh tokens that a newer one replaced. All of a session's are kept for as long as a token
-- lives, not the last one only: a thief who refreshes twice would otherwise go unnoticed.
CREATE TABLE replaced_refresh_tokens (
  refresh_hash BLOB PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
  replaced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX replaced_refresh_tokens_by_session
  ON replaced_refresh_tokens (session_id, replaced_at);

CREATE TABLE signing_keys (
  key_id INTEGER PRIMARY KEY,
  material BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retires_at INTEGER  -- NULL: not replaced yet
) STRICT;

CREATE TABLE used_tickets (
  nonce BLOB PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX used_tickets_by_expiry ON used_tickets (expires_at);

-- Each pair has two rows, one as each side sees it.
CREATE TABLE contacts (
  user_id INTEGER NOT NULL REFERENCES users (user_id),
  other_id INTEGER NOT NULL REFERENCES users (user_id),
  state TEXT NOT NULL,  -- contact, requested (by user_id), requesting (by other_id)
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocks (
  user_id INTEGER NOT NULL REFERENCES users (user_id),
  blocked_id INTEGER NOT NULL REFERENCES users (user_id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, blocked_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  conversation_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,  -- direct, group
  name TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  members_count INTEGER NOT NULL,           -- of those who have not left
  members_seq INTEGER NOT NULL DEFAULT 0,   -- seq of the last membership entry
  last_seq INTEGER NOT NULL DEFAULT 0,      -- counts entries, without holes
  last_change INTEGER NOT NULL DEFAULT 0,   -- counts edits, deletes and reactions, without holes
  last_activity INTEGER NOT NULL            -- when the last entry came, or the creation
) STRICT;

-- A removed member's row stays, with left_seq.
CREATE TABLE conversation_members (
  conversation_id INTEGER NOT NULL REFERENCES conversations (conversation_id),
  user_id INTEGER NOT NULL REFERENCES users (user_id),
  role TEXT NOT NULL,          -- owner, admin, member
  joined_seq INTEGER NOT NULL,
  left_seq INTEGER,            -- of the entry that removed them; NULL: still a member
  read_seq INTEGER NOT NULL DEFAULT 0,
  delivered_seq INTEGER NOT NULL DEFAULT 0,
  muted_until INTEGER,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

-- A user's conversations are listed by sorting this range by conversations.last_activity. It costs
-- as much as the user has conversations; an index in that order would have to hold last_activity
-- per member and so be rewritten for each of 10,000 members whenever one of them writes.
CREATE INDEX conversation_members_by_user
  ON conversation_members (user_id, conversation_id) WHERE left_seq IS NULL;

CREATE TABLE direct_conversations (
  user_lo INTEGER NOT NULL REFERENCES users (user_id),
  user_hi INTEGER NOT NULL REFERENCES users (user_id),
  conversation_id INTEGER NOT NULL REFERENCES conversations (conversation_id),
  PRIMARY KEY (user_lo, user_hi),
  CHECK (user_lo < user_hi)
) STRICT, WITHOUT ROWID;

-- A page of history is one range of neighbouring rows.
CREATE TABLE messages (
  conversation_id INTEGER NOT NULL REFERENCES conversations (conversation_id),
  seq INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  kind TEXT NOT NULL,      -- text, created, renamed, member_added, member_removed, role_changed
  sender_id INTEGER NOT NULL,
  client_msg_id TEXT,      -- NULL for entries that the server itself makes
  content_hash BLOB,       -- of text and reply as first sent; tells a retry from a reused id
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  reply_to_seq INTEGER,
  subject_user_id INTEGER, -- whom a membership entry is about
  name TEXT,               -- created, renamed
  role TEXT,               -- role_changed
  payload BLOB,            -- reserved
  payload_type TEXT,       -- reserved
  attachments TEXT,        -- reserved
  mentions TEXT,           -- reserved
  edited_at INTEGER,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  change INTEGER NOT NULL DEFAULT 0,  -- of the conversation, when this entry last changed; 0: never
  PRIMARY KEY (conversation_id, seq),
  UNIQUE (conversation_id, sender_id, client_msg_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_by_change ON messages (conversation_id, change) WHERE change > 0;

-- Taking a reaction back deletes its row; messages.change tells readers of either.
CREATE TABLE reactions (
  conversation_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  change INTEGER NOT NULL,  -- of the conversation, when it was made
  PRIMARY KEY (conversation_id, seq, emoji, user_id),
  FOREIGN KEY (conversation_id, seq) REFERENCES messages (conversation_id, seq)
) STRICT, WITHOUT ROWID;

-- What of a user's changed last at which of their changes: one row per thing, moved forward when it
-- changes again, so that a user has no more rows than things.
CREATE TABLE user_changes (
  user_id INTEGER NOT NULL REFERENCES users (user_id),
  change INTEGER NOT NULL,
  kind TEXT NOT NULL,          -- contact, block, conversation, read
  subject_id INTEGER NOT NULL, -- a user or a conversation
  PRIMARY KEY (user_id, change),
  UNIQUE (user_id, kind, subject_id)
) STRICT, WITHOUT ROWID;

-- The one node there is, kept so that its ids never repeat, also when the clock has gone back.
CREATE TABLE nodes (
  number INTEGER PRIMARY KEY CHECK (number = 0),
  id_floor_ms INTEGER NOT NULL  -- no id in this file carries a later time
) STRICT;

INSERT INTO nodes (number, id_floor_ms) VALUES (0, 0);
