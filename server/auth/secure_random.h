// Where unpredictable bytes come from: tokens, nonces and keys. Given in from outside so that a
// test can repeat what it saw; the server has the system's generator.
#pragma once

#include <cstdint>
#include <span>

namespace chat::auth {

// Thread: as the implementation says.
class SecureRandom {
 public:
  virtual ~SecureRandom() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;
};

// The operating system's generator.
//
// Thread: safe from any thread. Lifetime: any number of them.
class SystemRandom final : public SecureRandom {
 public:
  SystemRandom();
  void Fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace chat::auth
