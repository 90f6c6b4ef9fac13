// Arrays as PostgreSQL's binary protocol has them, for parameters of prepared statements.
// Source: array_recv in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace chat::loadgen {

// The types of elements, by their OIDs in pg_type.dat.
enum class PostgresType : std::uint32_t { kBytea = 17, kBigint = 20, kInteger = 23, kText = 25 };

// Appends integers as PostgreSQL reads them.
template <typename Number>
void AppendBigEndian(std::string& out, Number number) {
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

// One dimension of elements, gathered again and again.
//
// Thread: one. Lifetime: any.
class PostgresArray {
 public:
  explicit PostgresArray(PostgresType type) : type_(type) { Clear(); }

  void Clear() {
    count_ = 0;
    bytes_.clear();
    AppendBigEndian(bytes_, std::int32_t{1});  // dimensions
    AppendBigEndian(bytes_, std::int32_t{1});  // there may be NULLs
    AppendBigEndian(bytes_, static_cast<std::uint32_t>(type_));
    AppendBigEndian(bytes_, std::int32_t{0});  // elements, see bytes()
    AppendBigEndian(bytes_, std::int32_t{1});  // the first index
  }

  template <typename Number>
  void Add(Number number) {
    AppendBigEndian(bytes_, static_cast<std::int32_t>(sizeof(number)));
    AppendBigEndian(bytes_, number);
    ++count_;
  }

  void AddText(std::string_view text) {
    AppendBigEndian(bytes_, static_cast<std::int32_t>(text.size()));
    bytes_.append(text);
    ++count_;
  }

  void AddNull() {
    AppendBigEndian(bytes_, std::int32_t{-1});
    ++count_;
  }

  const std::string& bytes() {
    std::string count;
    AppendBigEndian(count, count_);
    bytes_.replace(kCountAt, count.size(), count);
    return bytes_;
  }

 private:
  static constexpr std::size_t kCountAt = 12;

  PostgresType type_;
  std::string bytes_;
  std::int32_t count_ = 0;
};

}  // namespace chat::loadgen
