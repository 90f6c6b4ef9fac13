#include "server/auth/admin_token.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>

#include "server/auth/base64url.h"

namespace chat::auth {
namespace {

using Digest = std::array<std::uint8_t, crypto_generichash_BYTES>;

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

Digest Hash(std::string_view text) {
  Digest digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

std::unexpected<std::string> Refuse(const std::filesystem::path& file, std::string_view why) {
  return std::unexpected("the admin token file " + file.string() + " " + std::string(why));
}

// Under another name first, so that no crash leaves half a token.
std::expected<void, std::string> WriteFile(const std::filesystem::path& file,
                                           std::string_view contents) {
  const std::filesystem::path draft = file.string() + ".new";
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Refuse(file, std::string("cannot be made: ") + std::strerror(errno));
  const ssize_t written = ::write(descriptor, contents.data(), contents.size());
  const bool whole = written == static_cast<ssize_t>(contents.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  std::error_code failed;
  if (whole) std::filesystem::rename(draft, file, failed);
  if (!whole || failed) return Refuse(file, "cannot be written");
  return {};
}

}  // namespace

std::optional<AdminToken> AdminToken::Make(std::string_view contents) {
  const std::string_view text = Trim(contents);
  const bool fits = text.size() >= kAdminTokenBytesMin && text.size() <= kAdminTokenBytesMax;
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!fits || !std::ranges::all_of(text, is_visible)) return std::nullopt;
  return AdminToken(std::string(text));
}

bool AdminToken::Matches(std::string_view shown) const {
  const Digest expected = Hash(text_);
  const Digest found = Hash(shown);
  return sodium_memcmp(expected.data(), found.data(), expected.size()) == 0;
}

std::expected<AdminToken, std::string> ReadAdminToken(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Refuse(file, "cannot be read");
  // Some more than a token and its line break, so that one that is too long is noticed.
  std::array<char, kAdminTokenBytesMax + 16> bytes;
  stream.read(bytes.data(), bytes.size());
  auto token =
      AdminToken::Make(std::string_view(bytes.data(), static_cast<std::size_t>(stream.gcount())));
  if (!token) return Refuse(file, "has to hold one token of 32 to 1024 visible characters");
  return *std::move(token);
}

std::expected<AdminToken, std::string> ReadOrMakeAdminToken(const std::filesystem::path& file,
                                                            SecureRandom& random) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return ReadAdminToken(file);
  std::array<std::uint8_t, 32> bytes;
  random.Fill(bytes);
  if (auto written = WriteFile(file, EncodeBase64Url(bytes) + "\n"); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return ReadAdminToken(file);
}

}  // namespace chat::auth
