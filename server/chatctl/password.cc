#include "server/chatctl/password.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>

#include "server/auth/base64url.h"
#include "server/auth/secure_random.h"

namespace chat::chatctl {
namespace {

// The terminal shows nothing of what is typed meanwhile.
class HiddenInput {
 public:
  HiddenInput() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::fputs("password: ", stderr);
  }
  ~HiddenInput() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios before_{};
};

std::string ReadLine() {
  std::string line;
  std::getline(std::cin, line);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ReadHiddenLine() {
  const HiddenInput hidden;
  return ReadLine();
}

}  // namespace

std::expected<std::string, std::string> ReadPassword() {
  std::string password = ::isatty(STDIN_FILENO) == 1 ? ReadHiddenLine() : ReadLine();
  if (password.empty()) {
    return std::unexpected("no password was given: write it to the standard input, or --generate");
  }
  return password;
}

std::string MakePassword() {
  std::array<std::uint8_t, 24> bytes;
  auth::SystemRandom().Fill(bytes);
  return auth::EncodeBase64Url(bytes);
}

}  // namespace chat::chatctl
