#include "protocol/text.h"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/limits.h"
#include "protocol/utf8.h"

namespace chat {
namespace {

std::unexpected<Refusal> Invalid(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidArgument, std::move(detail), {}});
}

std::unexpected<Refusal> TooLarge(std::string detail) {
  return std::unexpected(Refusal{ErrorCode::kTooLarge, std::move(detail), {}});
}

std::string Quoted(std::string_view field) { return '"' + std::string(field) + '"'; }

bool HasNul(std::string_view text) { return text.contains('\0'); }

// A text field and how long it may be; what is counted is up to who checks it.
struct Field {
  std::string_view name;
  std::size_t min;
  std::size_t max;

  std::string Range(std::string_view unit) const {
    return Quoted(name) + " has to have " + std::to_string(min) + " to " + std::to_string(max) +
           " " + std::string(unit) + ".";
  }
  bool Allows(std::size_t count) const { return count >= min && count <= max; }
};

std::expected<void, Refusal> CheckCharacters(const Field& field, std::string_view text) {
  if (HasNul(text)) return Invalid(Quoted(field.name) + " must not contain U+0000.");
  if (!CountCodePoints(text)) return Invalid(Quoted(field.name) + " has to be UTF-8.");
  return {};
}

std::expected<void, Refusal> CheckBytes(const Field& field, std::string_view text) {
  if (!field.Allows(text.size())) return Invalid(field.Range("bytes"));
  return CheckCharacters(field, text);
}

std::expected<void, Refusal> CheckCodePoints(const Field& field, std::string_view text) {
  if (std::expected<void, Refusal> checked = CheckCharacters(field, text); !checked) return checked;
  if (!field.Allows(*CountCodePoints(text))) return Invalid(field.Range("characters"));
  return {};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }
bool IsLowerAlphanumeric(char c) { return IsLowerLetter(c) || IsDigit(c); }

std::string ToLowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool IsUsernameCharacter(char c) { return IsLowerAlphanumeric(c) || c == '_' || c == '.'; }

bool IsMailboxCharacter(char c) {
  constexpr std::string_view kMarks = ".!#$%&'*+/=?^_`{|}~-";
  return IsLowerAlphanumeric(c) || kMarks.contains(c);
}

bool IsDomainLabel(std::string_view label) {
  constexpr std::size_t kLabelBytesMax = 63;
  if (label.empty() || label.size() > kLabelBytesMax) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return IsLowerAlphanumeric(c) || c == '-'; });
}

bool IsDomain(std::string_view domain) {
  for (;;) {
    const std::size_t dot = domain.find('.');
    if (!IsDomainLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

bool IsEmail(std::string_view lower) {
  const std::size_t at = lower.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  return std::ranges::all_of(lower.substr(0, at), IsMailboxCharacter) &&
         IsDomain(lower.substr(at + 1));
}

}  // namespace

std::expected<void, Refusal> CheckText(std::string_view text) {
  if (text.empty()) return Invalid("\"text\" must not be empty.");
  if (text.size() > kTextBytesMax) return TooLarge("\"text\" has at most 262144 bytes.");
  if (HasNul(text)) return Invalid("\"text\" must not contain U+0000.");
  const std::optional<std::size_t> code_points = CountCodePoints(text);
  if (!code_points) return Invalid("\"text\" has to be UTF-8.");
  if (*code_points > kTextCodePointsMax) return TooLarge("\"text\" has at most 100000 characters.");
  return {};
}

std::expected<void, Refusal> CheckClientMsgId(std::string_view client_msg_id) {
  return CheckBytes({"client_msg_id", 1, kClientMsgIdBytesMax}, client_msg_id);
}

std::expected<void, Refusal> CheckEmoji(std::string_view emoji) {
  return CheckBytes({"emoji", 1, kEmojiBytesMax}, emoji);
}

std::expected<void, Refusal> CheckDisplayName(std::string_view display_name) {
  return CheckCodePoints({"display_name", 1, kDisplayNameCodePointsMax}, display_name);
}

std::expected<void, Refusal> CheckDeviceName(std::string_view device_name) {
  return CheckCodePoints({"device_name", 0, kDeviceNameCodePointsMax}, device_name);
}

std::expected<void, Refusal> CheckGroupName(std::string_view group_name) {
  return CheckCodePoints({"name", 1, kGroupNameCodePointsMax}, group_name);
}

std::expected<void, Refusal> CheckPassword(std::string_view password) {
  const Field field{"password", kPasswordBytesMin, kPasswordBytesMax};
  if (!field.Allows(password.size())) return Invalid(field.Range("bytes"));
  return {};
}

std::expected<std::string, Refusal> NormalizeUsername(std::string_view username) {
  const Field field{"username", kUsernameBytesMin, kUsernameBytesMax};
  if (!field.Allows(username.size())) return Invalid(field.Range("characters"));
  std::string lower = ToLowerAscii(username);
  if (!std::ranges::all_of(lower, IsUsernameCharacter)) {
    return Invalid("\"username\" may contain only a to z, 0 to 9, \"_\" and \".\".");
  }
  return lower;
}

std::expected<std::string, Refusal> NormalizeEmail(std::string_view email) {
  if (email.size() > kEmailBytesMax) return Invalid("\"email\" has at most 254 bytes.");
  std::string lower = ToLowerAscii(email);
  if (!IsEmail(lower)) return Invalid("\"email\" has to be an address like name@example.org.");
  return lower;
}

}  // namespace chat
