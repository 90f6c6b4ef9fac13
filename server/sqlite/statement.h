// One use of a prepared statement: values in, rows out, each with its type.
#pragma once

#include <sqlite3.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/sql.h"

namespace chat::sqlite {

using Bytes = std::span<const std::uint8_t>;

// Borrows the connection's prepared statement for `sql` and gives it back at the end of its life.
//
// Thread: the connection's. Lifetime: within one piece of work; not longer than the connection.
class Statement {
 public:
  // Binds `values` to ?1, ?2 and so on; they are copied.
  template <typename... Values>
  Statement(Connection& connection, Sql sql, const Values&... values)
      : connection_(connection), sql_(sql), statement_(connection.Take(sql)) {
    int index = 0;
    (Bind(++index, values), ...);
  }
  ~Statement() { connection_.GiveBack(sql_, std::move(statement_)); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Moves to the next row; false when there is none, or when the connection has failed.
  bool Step();

  // Runs a statement that answers no rows. Returns how many it changed.
  std::int64_t Run();

  // A column of the current row, from 0.
  template <typename T>
  T Get(int column) const {
    return Read(column, static_cast<T*>(nullptr));
  }

 private:
  void Bind(int index, std::int64_t value);
  void Bind(int index, int value) { Bind(index, std::int64_t{value}); }
  void Bind(int index, std::string_view text);
  void Bind(int index, const std::string& text) { Bind(index, std::string_view(text)); }
  void Bind(int index, const char* text) { Bind(index, std::string_view(text)); }
  void Bind(int index, Bytes bytes);
  template <std::size_t kSize>
  void Bind(int index, const std::array<std::uint8_t, kSize>& bytes) {
    Bind(index, Bytes(bytes));
  }
  void Bind(int index, UnixTime time) {
    Bind(index, std::int64_t{time.time_since_epoch().count()});
  }
  template <typename Tag>
  void Bind(int index, Id<Tag> id) {
    Bind(index, id.number());
  }
  template <typename Tag>
  void Bind(int index, Position<Tag> position) {
    Bind(index, position.number());
  }
  // Nothing bound is NULL.
  template <typename T>
  void Bind(int index, const std::optional<T>& value) {
    if (value) Bind(index, *value);
  }

  std::int64_t Read(int column, std::int64_t*) const {
    return sqlite3_column_int64(statement_.get(), column);
  }
  int Read(int column, int*) const { return sqlite3_column_int(statement_.get(), column); }
  bool Read(int column, bool*) const { return sqlite3_column_int(statement_.get(), column) != 0; }
  std::string Read(int column, std::string*) const { return std::string(Text(column)); }
  // Valid until the next Step.
  std::string_view Read(int column, std::string_view*) const { return Text(column); }
  UnixTime Read(int column, UnixTime*) const {
    return UnixTime(std::chrono::milliseconds(Get<std::int64_t>(column)));
  }
  // Bytes of another number than the array's leave it zero, which no hash or nonce is.
  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> Read(int column, std::array<std::uint8_t, kSize>*) const {
    std::array<std::uint8_t, kSize> bytes{};
    const std::string_view stored = Text(column);
    if (stored.size() == kSize) std::memcpy(bytes.data(), stored.data(), kSize);
    return bytes;
  }
  template <typename Tag>
  Id<Tag> Read(int column, Id<Tag>*) const {
    return Id<Tag>(Get<std::int64_t>(column));
  }
  template <typename Tag>
  Position<Tag> Read(int column, Position<Tag>*) const {
    return Position<Tag>(Get<std::int64_t>(column));
  }
  template <typename T>
  std::optional<T> Read(int column, std::optional<T>*) const {
    if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
    return Get<T>(column);
  }

  std::string_view Text(int column) const;

  Connection& connection_;
  Sql sql_;
  Connection::Prepared statement_;
};

}  // namespace chat::sqlite
