// A URL that may hold a password: what is opened with it is one thing, what may be shown of it
// another. Also hides such passwords in texts that are to be printed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace chat::config {

// Thread: any, it is a value.
class SecretUrl {
 public:
  explicit SecretUrl(std::string text) : text_(std::move(text)) {}

  // With the password: for whoever connects, never for a log or an error.
  const std::string& secret_text() const { return text_; }

  // Without it.
  std::string shown() const;

  friend bool operator==(const SecretUrl&, const SecretUrl&) = default;

 private:
  std::string text_;
};

// `text` with *** for what stands between "://" and the last "@" before the next space, but for the
// user's name, and for the value of each "password=".
std::string HidePasswords(std::string_view text);

}  // namespace chat::config
