#include "server/http/request_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/limits.h"

namespace chat::http {
namespace {

using Checked = std::expected<void, Refusal>;

constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::unexpected<Refusal> Malformed(std::string_view detail) {
  return std::unexpected(Refusal{ErrorCode::kInvalidFrame, std::string(detail), {}});
}

bool IsControlButTab(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsTokenCharacter(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return IsAlphanumeric(c) || kMarks.contains(c);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ToLower, ToLower);
}

std::string_view TrimWhitespace(std::string_view text) {
  constexpr std::string_view kWhitespace = " \t";
  const std::size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhitespace) - first + 1);
}

// A name or an address, with or without a port; user information and paths have other characters.
bool IsHost(std::string_view text) {
  constexpr std::string_view kMarks = "-._~:[]";
  return !text.empty() &&
         std::ranges::all_of(text, [&](char c) { return IsAlphanumeric(c) || kMarks.contains(c); });
}

enum class Version { k10, k11 };

std::expected<Version, Refusal> CheckRequestLine(std::string_view line) {
  const std::size_t first_space = line.find(' ');
  const std::size_t last_space = line.rfind(' ');
  if (first_space == std::string_view::npos || first_space == last_space) {
    return Malformed("The request line has not three parts.");
  }
  const std::string_view target = line.substr(first_space + 1, last_space - first_space - 1);
  if (!IsToken(line.substr(0, first_space))) return Malformed("The method is no token.");
  if (target.empty() || target.contains(' ') || target.contains('\t')) {
    return Malformed("The target is empty or has spaces.");
  }
  if (target.size() > kHttpTargetBytesMax) {
    return std::unexpected(Refusal{ErrorCode::kTargetTooLong, "The target is too long.", {}});
  }
  const std::string_view version = line.substr(last_space + 1);
  if (version == "HTTP/1.1") return Version::k11;
  if (version == "HTTP/1.0") return Version::k10;
  return Malformed("The version is neither HTTP/1.1 nor HTTP/1.0.");
}

// What the fields say about where the request ends and whom it is for.
struct Framing {
  int hosts = 0;
  int content_lengths = 0;
  int transfer_encodings = 0;
};

Checked CheckValue(Framing& framing, std::string_view name, std::string_view value) {
  if (EqualsIgnoringCase(name, "host")) {
    ++framing.hosts;
    if (!IsHost(value)) return Malformed("Host is malformed.");
  } else if (EqualsIgnoringCase(name, "content-length")) {
    ++framing.content_lengths;
    if (!IsDigits(value)) return Malformed("Content-Length is no number.");
  } else if (EqualsIgnoringCase(name, "transfer-encoding")) {
    ++framing.transfer_encodings;
    if (!EqualsIgnoringCase(value, "chunked")) return Malformed("Only chunked is understood.");
  }
  return {};
}

Checked CheckField(Framing& framing, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Malformed("A field has no colon.");
  const std::string_view name = line.substr(0, colon);
  // This also refuses folded lines and spaces before the colon.
  if (!IsToken(name)) return Malformed("A field name is no token.");
  return CheckValue(framing, name, TrimWhitespace(line.substr(colon + 1)));
}

Checked CheckFraming(const Framing& framing, Version version) {
  const int hosts_min = version == Version::k11 ? 1 : 0;
  if (framing.hosts < hosts_min) return Malformed("Host is missing.");
  if (framing.hosts > 1) return Malformed("There is more than one Host.");
  if (framing.content_lengths + framing.transfer_encodings > 1) {
    return Malformed("The length is given more than once.");
  }
  if (version == Version::k10 && framing.transfer_encodings != 0) {
    return Malformed("HTTP/1.0 has no Transfer-Encoding.");
  }
  return {};
}

// The lines of a head in turn, until the empty one.
std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find(kEndOfLine);
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(line.size() + kEndOfLine.size());
  return line;
}

Checked CheckCharacters(std::string_view received, std::size_t scanned) {
  for (std::size_t i = scanned; i < received.size(); ++i) {
    const bool after_cr = i > 0 && received[i - 1] == '\r';
    if (after_cr != (received[i] == '\n')) return Malformed("A line ends with half of CR LF.");
    if (received[i] == '\r' || received[i] == '\n') continue;
    if (IsControlButTab(received[i])) return Malformed("There is a control character in the head.");
  }
  return {};
}

Checked CheckSizes(std::string_view head) {
  const std::size_t line_bytes = std::min(head.find(kEndOfLine), head.size());
  if (line_bytes > kHttpTargetBytesMax + kRequestLineExtraBytesMax) {
    return std::unexpected(Refusal{ErrorCode::kTargetTooLong, "The target is too long.", {}});
  }
  if (head.size() - line_bytes > kHttpHeaderBytesMax) {
    return std::unexpected(Refusal{ErrorCode::kHeadersTooLarge, "The head is too large.", {}});
  }
  return {};
}

}  // namespace

std::expected<std::optional<std::size_t>, Refusal> FindHeadEnd(std::string_view received,
                                                               std::size_t scanned) {
  const std::size_t overlap = std::min(scanned, kEndOfHead.size() - 1);
  const std::size_t end = received.find(kEndOfHead, scanned - overlap);
  const bool is_whole = end != std::string_view::npos;
  const std::string_view head = is_whole ? received.substr(0, end + kEndOfHead.size()) : received;
  if (auto checked = CheckCharacters(head, scanned); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  if (auto checked = CheckSizes(head); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  return is_whole ? std::optional(head.size()) : std::nullopt;
}

std::expected<void, Refusal> CheckHead(std::string_view head) {
  std::string_view rest = head;
  const std::expected<Version, Refusal> version = CheckRequestLine(TakeLine(rest));
  if (!version) return std::unexpected(version.error());

  Framing framing;
  std::size_t fields = 0;
  for (std::string_view line = TakeLine(rest); !line.empty(); line = TakeLine(rest)) {
    if (++fields > kHttpHeadersMax) {
      return std::unexpected(
          Refusal{ErrorCode::kHeadersTooLarge, "There are too many fields.", {}});
    }
    if (auto checked = CheckField(framing, line); !checked) return checked;
  }
  return CheckFraming(framing, *version);
}

std::vector<Field> ReadFields(std::string_view head) {
  std::vector<Field> fields;
  TakeLine(head);
  for (std::string_view line = TakeLine(head); !line.empty(); line = TakeLine(head)) {
    const std::size_t colon = line.find(':');
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), ToLower);
    fields.push_back({std::move(name), std::string(TrimWhitespace(line.substr(colon + 1)))});
  }
  return fields;
}

}  // namespace chat::http
