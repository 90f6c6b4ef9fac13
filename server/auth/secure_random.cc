#include "server/auth/secure_random.h"

#include <sodium.h>

#include <cstdlib>

namespace chat::auth {

SystemRandom::SystemRandom() {
  if (sodium_init() < 0) std::abort();
}

void SystemRandom::Fill(std::span<std::uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace chat::auth
