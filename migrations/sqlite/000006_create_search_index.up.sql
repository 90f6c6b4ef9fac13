-- What messages are found by, made from the messages by a background reader: all of it may be
-- emptied, and is then made again.

-- The terms of each text (server/core/search_terms.h), by its message_id. Contentless: it finds
-- rows and gives nothing back.
CREATE VIRTUAL TABLE search_terms USING fts5 (
  terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Where the messages stand that search_terms names.
CREATE TABLE search_entries (
  message_id INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT;

-- From when to when the texts of a slice are.
CREATE TABLE search_slices (
  conversation_id INTEGER NOT NULL,
  slice INTEGER NOT NULL,
  oldest_id INTEGER NOT NULL,
  newest_id INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, slice)
) STRICT, WITHOUT ROWID;

-- How far the index has come; no row: not begun.
CREATE TABLE search_positions (
  conversation_id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,    -- up to this entry
  change INTEGER NOT NULL  -- and up to this change of entries before
) STRICT;
