// What the operator shows on the admin port. It lies in a file that only the server's user can
// read: whoever can read that file could read the store too. Not for users of the chat: see
// AccessToken.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/auth/secure_random.h"

namespace chat::auth {

inline constexpr std::size_t kAdminTokenBytesMin = 32;
inline constexpr std::size_t kAdminTokenBytesMax = 1024;

// The file in the data directory of an embedded store, which the server makes by itself.
inline constexpr std::string_view kAdminTokenFile = "admin-token";

// Thread: any, it is immutable.
class AdminToken {
 public:
  // `contents` of a file, spaces and line breaks around the token left out.
  //
  // Errors: nullopt for anything but kAdminTokenBytesMin to kAdminTokenBytesMax visible characters
  // of ASCII.
  static std::optional<AdminToken> Make(std::string_view contents);

  // Takes the same time for all texts of one length.
  bool Matches(std::string_view shown) const;

  // For whoever shows it, never for a log.
  const std::string& secret_text() const { return text_; }

 private:
  explicit AdminToken(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// Errors: one sentence that names the file.
std::expected<AdminToken, std::string> ReadAdminToken(const std::filesystem::path& file);

// Makes the file with mode 0600 and a random token when it is not there.
//
// Errors: as ReadAdminToken, and when it cannot be written.
std::expected<AdminToken, std::string> ReadOrMakeAdminToken(const std::filesystem::path& file,
                                                            SecureRandom& random);

}  // namespace chat::auth
