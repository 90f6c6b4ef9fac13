// How the project's own types stand in statements and rows: ids, positions and times as bigint,
// hashes and nonces as bytea. With this header `row[0].as<UserId>()` and
// `row[1].as<std::optional<UnixTime>>()` work, and so do these types, vectors of them and optionals
// as parameters of statements.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/ids.h"
#include "protocol/timestamp.h"

namespace chat::postgres {

// A parameter of type bytea. Refers to the caller's memory, until the statement has run.
struct Blob {
  explicit Blob(std::string_view text) : bytes(text) {}
  template <std::size_t kSize>
  explicit Blob(const std::array<std::uint8_t, kSize>& array)
      : bytes(reinterpret_cast<const char*>(array.data()), kSize) {}

  std::string_view bytes;
};

// An element of a parameter of type bytea[], in PostgreSQL's text form.
std::string ToHexText(std::string_view bytes);

// A bytea of a row as text.
std::string ReadBlob(const pqxx::field& field);

// A bytea of a row. Bytes of another number than the array's leave it zero, which no hash is.
template <std::size_t kSize>
std::array<std::uint8_t, kSize> ReadArray(const pqxx::field& field) {
  std::array<std::uint8_t, kSize> bytes{};
  const std::string stored = ReadBlob(field);
  if (stored.size() == kSize) std::memcpy(bytes.data(), stored.data(), kSize);
  return bytes;
}

// The elements of a bigint[] without NULLs.
std::vector<std::int64_t> ReadNumbers(const pqxx::field& field);

// Conversion through std::int64_t, for types that are nothing but one.
template <typename T, std::int64_t (*kToNumber)(T), T (*kFromNumber)(std::int64_t)>
struct NumberTraits {
  using Numbers = pqxx::string_traits<std::int64_t>;
  static constexpr bool converts_to_string = true;
  static constexpr bool converts_from_string = true;

  static pqxx::zview to_buf(char* begin, char* end, const T& value) {
    return Numbers::to_buf(begin, end, kToNumber(value));
  }
  static char* into_buf(char* begin, char* end, const T& value) {
    return Numbers::into_buf(begin, end, kToNumber(value));
  }
  static std::size_t size_buffer(const T& value) noexcept {
    return Numbers::size_buffer(kToNumber(value));
  }
  static T from_string(std::string_view text) { return kFromNumber(Numbers::from_string(text)); }
};

template <typename T>
std::int64_t NumberOf(T value) {
  return value.number();
}
template <typename T>
T FromNumber(std::int64_t number) {
  return T(number);
}
inline std::int64_t MillisecondsOf(UnixTime time) { return time.time_since_epoch().count(); }
inline UnixTime FromMilliseconds(std::int64_t count) {
  return UnixTime(std::chrono::milliseconds(count));
}

}  // namespace chat::postgres

namespace pqxx {

template <typename Tag>
struct nullness<chat::Id<Tag>> : no_null<chat::Id<Tag>> {};
template <typename Tag>
struct string_traits<chat::Id<Tag>>
    : chat::postgres::NumberTraits<chat::Id<Tag>, &chat::postgres::NumberOf<chat::Id<Tag>>,
                                   &chat::postgres::FromNumber<chat::Id<Tag>>> {};
template <typename Tag>
inline constexpr bool is_unquoted_safe<chat::Id<Tag>> = true;

template <typename Tag>
struct nullness<chat::Position<Tag>> : no_null<chat::Position<Tag>> {};
template <typename Tag>
struct string_traits<chat::Position<Tag>>
    : chat::postgres::NumberTraits<chat::Position<Tag>,
                                   &chat::postgres::NumberOf<chat::Position<Tag>>,
                                   &chat::postgres::FromNumber<chat::Position<Tag>>> {};
template <typename Tag>
inline constexpr bool is_unquoted_safe<chat::Position<Tag>> = true;

template <>
struct nullness<chat::UnixTime> : no_null<chat::UnixTime> {};
template <>
struct string_traits<chat::UnixTime>
    : chat::postgres::NumberTraits<chat::UnixTime, &chat::postgres::MillisecondsOf,
                                   &chat::postgres::FromMilliseconds> {};
template <>
inline constexpr bool is_unquoted_safe<chat::UnixTime> = true;

}  // namespace pqxx
