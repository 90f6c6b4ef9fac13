// Ids and positions as types of their own, and the generator of ids.
//
// An id names one thing for ever and sorts by the time it was made. A position counts what happened
// under one owner, without holes. Everything that names users, conversations, messages or sessions
// uses these; bare integers exist only in the schema and in SQL.
#pragma once

#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "protocol/timestamp.h"

namespace chat {

// Reads the one decimal form of a number: digits only, no sign, no leading zero.
//
// Errors: nullopt for any other text and for what does not fit into 63 bits.
inline std::optional<std::int64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  if (text.front() == '0' && text.size() > 1) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  return number;
}

// Names one thing of the kind `Tag`, for ever; the default one names nothing.
//
// Any number may come in from a client: one that is no id is simply an id nobody has.
template <typename Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t number) : number_(number) {}

  // Errors: nullopt for what is not the decimal form of a positive 63-bit number.
  static std::optional<Id> Parse(std::string_view text) {
    const std::optional<std::int64_t> number = ParseDecimal(text);
    if (!number || *number == 0) return std::nullopt;
    return Id(*number);
  }

  std::string ToString() const { return std::to_string(number_); }
  constexpr std::int64_t number() const { return number_; }

  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::int64_t number_ = 0;
};

using UserId = Id<struct UserTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using SessionId = Id<struct SessionTag>;
// One start of one node; never given out twice, and greater than every earlier one.
using Epoch = Id<struct EpochTag>;

// A place in a dense count: the first thing counted is 1, and 0 is before all of them.
template <typename Tag>
class Position {
 public:
  constexpr Position() = default;
  constexpr explicit Position(std::int64_t number) : number_(number) {}

  // Errors: nullopt for what is not the decimal form of a 63-bit number.
  static std::optional<Position> Parse(std::string_view text) {
    const std::optional<std::int64_t> number = ParseDecimal(text);
    if (!number) return std::nullopt;
    return Position(*number);
  }

  std::string ToString() const { return std::to_string(number_); }
  constexpr std::int64_t number() const { return number_; }
  constexpr Position Next() const { return Position(number_ + 1); }

  friend constexpr auto operator<=>(Position, Position) = default;
  friend constexpr std::int64_t operator-(Position a, Position b) { return a.number_ - b.number_; }

 private:
  std::int64_t number_ = 0;
};

// Counts the entries of one conversation.
using Seq = Position<struct SeqTag>;
// Counts the edits, deletes and reactions of one conversation, or what changed for one user.
using Change = Position<struct ChangeTag>;

// The ten bits of an id that say which node made it.
class NodeNumber {
 public:
  static constexpr int kMax = 1023;

  // Errors: nullopt outside of 0 to kMax.
  static constexpr std::optional<NodeNumber> Make(int number) {
    if (number < 0 || number > kMax) return std::nullopt;
    return NodeNumber(number);
  }

  constexpr int number() const { return number_; }
  friend constexpr auto operator<=>(NodeNumber, NodeNumber) = default;

 private:
  constexpr explicit NodeNumber(int number) : number_(number) {}
  int number_;
};

// Makes ids that no other call on this node, and no other node, makes; each is greater than the
// last one, also when the clock goes back or more than 4,096 are asked for in one millisecond.
//
// Layout, from the high end: 0, 41 bits of milliseconds since 2024-01-01 UTC, 10 bits of node, 12
// bits of sequence.
// Limits: until 2093-09-06; a clock beyond that ends the process rather than repeat an id.
// Thread: any one. Lifetime: as long as the node holds its number.
class IdGenerator {
 public:
  // `floor`: no id will carry an earlier time; what the last holder of `node` may have reached.
  explicit IdGenerator(NodeNumber node, UnixTime floor = UnixTime::min());

  template <typename AnyId>
  AnyId Next(UnixTime now) {
    return AnyId(NextNumber(now));
  }

  // The time in the id made last, which runs ahead of the clock under great load.
  UnixTime last_time() const;

 private:
  std::int64_t NextNumber(UnixTime now);

  std::int64_t node_bits_;
  // Milliseconds since 2024 and the sequence, joined: adding one carries into the milliseconds.
  std::int64_t last_tick_;
};

// When an id with this number was made.
UnixTime IdTime(std::int64_t id_number);

}  // namespace chat

template <typename Tag>
struct std::hash<chat::Id<Tag>> {
  // Ids of one node differ in a few low and middle bits only; the multiplication spreads them.
  std::size_t operator()(chat::Id<Tag> id) const noexcept {
    const auto mixed = static_cast<std::uint64_t>(id.number()) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
  }
};

template <typename Tag>
struct std::hash<chat::Position<Tag>> {
  std::size_t operator()(chat::Position<Tag> position) const noexcept {
    return std::hash<std::int64_t>()(position.number());
  }
};
