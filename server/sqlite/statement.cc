#include "server/sqlite/statement.h"

namespace chat::sqlite {

bool Statement::Step() {
  if (!statement_ || connection_.failed()) return false;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.Fail();
  return false;
}

std::int64_t Statement::Run() {
  while (Step()) continue;
  return connection_.failed() ? 0 : connection_.changes();
}

void Statement::Bind(int index, std::int64_t value) {
  if (!statement_) return;
  if (sqlite3_bind_int64(statement_.get(), index, value) != SQLITE_OK) connection_.Fail();
}

void Statement::Bind(int index, std::string_view text) {
  if (!statement_) return;
  // A null pointer would bind NULL: the empty text needs an address.
  const char* address = text.data() == nullptr ? "" : text.data();
  if (sqlite3_bind_text64(statement_.get(), index, address, text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8) != SQLITE_OK) {
    connection_.Fail();
  }
}

void Statement::Bind(int index, Bytes bytes) {
  if (!statement_) return;
  if (sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), SQLITE_TRANSIENT) !=
      SQLITE_OK) {
    connection_.Fail();
  }
}

std::string_view Statement::Text(int column) const {
  // A blob's bytes and a text's are read alike.
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

}  // namespace chat::sqlite
