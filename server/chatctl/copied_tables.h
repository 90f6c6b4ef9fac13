// The tables that both stores have, and how each is read from SQLite in the words of PostgreSQL's
// COPY. Used by the copy and by the test that none and no column is forgotten. The search index is
// not copied: the nodes make it from the messages when they start, in PostgreSQL's form.
#pragma once

#include <span>

#include "server/sqlite/sql.h"

namespace chat::chatctl {

struct CopiedTable {
  const char* name;
  const char* columns;  // as COPY names them
  sqlite::Sql rows;     // all rows, the same columns; bytes as text in PostgreSQL's hex form
  sqlite::Sql count;
};

// A table after those that it refers to.
std::span<const CopiedTable> CopiedTables();

}  // namespace chat::chatctl
