// A source of bytes for tests: 0, 1, 2 … over and over, so that a test can repeat what it saw, and
// no two fills look alike.
#pragma once

#include <cstdint>
#include <span>

#include "server/auth/secure_random.h"

namespace chat::auth {

class CountingRandom final : public SecureRandom {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace chat::auth
