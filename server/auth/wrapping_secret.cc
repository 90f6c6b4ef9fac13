#include "server/auth/wrapping_secret.h"

#include <sodium.h>

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <expected>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "server/auth/base64url.h"

namespace chat::auth {
namespace {

constexpr std::string_view kContext = "chat signing key wrap v1";
constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t kBoxBytes = crypto_secretbox_MACBYTES + sizeof(KeyMaterial);

// 32 random bytes have fewer than 16 different values once in 10^9; 32 random hexadecimal digits
// have fewer than 8 as rarely.
constexpr std::size_t kValuesMin = 8;

constexpr std::string_view kSampleWords[] = {"changeme", "change-me", "change_me",  "secret",
                                             "password", "example",   "sample",     "default",
                                             "insecure", "replace",   "placeholder"};

const std::uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

bool IsSample(std::string_view contents) {
  std::string lower(contents);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return std::ranges::any_of(kSampleWords,
                             [&](std::string_view word) { return lower.contains(word); });
}

// A text has period p when it equals itself moved by p.
bool Repeats(std::string_view contents) {
  for (std::size_t period = 1; period <= contents.size() / 2; ++period) {
    if (contents.substr(period) == contents.substr(0, contents.size() - period)) return true;
  }
  return false;
}

bool MostlyRuns(std::string_view contents) {
  std::size_t neighbours = 0;
  for (std::size_t i = 1; i < contents.size(); ++i) {
    if (std::abs(contents[i] - contents[i - 1]) <= 1) ++neighbours;
  }
  return neighbours * 2 > contents.size();
}

std::size_t CountValues(std::string_view contents) {
  std::bitset<256> seen;
  for (const char c : contents) seen.set(static_cast<std::uint8_t>(c));
  return seen.count();
}

std::optional<SecretError> Judge(std::string_view contents) {
  if (contents.size() < kSecretBytesMin) return SecretError::kTooShort;
  if (IsSample(contents)) return SecretError::kSample;
  if (Repeats(contents)) return SecretError::kRepeats;
  if (MostlyRuns(contents)) return SecretError::kRuns;
  if (CountValues(contents) < kValuesMin) return SecretError::kTooFewValues;
  return std::nullopt;
}

}  // namespace

std::string_view Explain(SecretError error) {
  switch (error) {
    case SecretError::kTooShort:
      return "is shorter than 32 bytes";
    case SecretError::kSample:
      return "contains a word that only sample secrets have";
    case SecretError::kRepeats:
      return "repeats one short piece";
    case SecretError::kRuns:
      return "is mostly a sequence such as 0123 or aaaa";
    case SecretError::kTooFewValues:
      return "has too few different characters to be random";
  }
  std::abort();
}

Result<WrappingSecret, SecretError> WrappingSecret::Make(std::string_view contents) {
  if (const std::optional<SecretError> error = Judge(contents)) return std::unexpected(*error);
  // The secret has full entropy, so a plain keyed hash derives the key; no slow one is needed.
  WrappingSecret secret;
  crypto_generichash(secret.key_.data(), secret.key_.size(), Bytes(contents), contents.size(),
                     Bytes(kContext), kContext.size());
  return secret;
}

WrappingSecret::~WrappingSecret() { sodium_memzero(key_.data(), key_.size()); }

std::string WrappingSecret::Wrap(const KeyMaterial& material, SecureRandom& random) const {
  std::array<std::uint8_t, kNonceBytes + kBoxBytes> wrapped;
  random.Fill(std::span(wrapped).first<kNonceBytes>());
  crypto_secretbox_easy(wrapped.data() + kNonceBytes, material.data(), material.size(),
                        wrapped.data(), key_.data());
  return EncodeBase64Url(wrapped);
}

std::optional<KeyMaterial> WrappingSecret::Unwrap(std::string_view wrapped) const {
  const std::optional<std::vector<std::uint8_t>> bytes = DecodeBase64Url(wrapped);
  if (!bytes || bytes->size() != kNonceBytes + kBoxBytes) return std::nullopt;
  KeyMaterial material;
  if (crypto_secretbox_open_easy(material.data(), bytes->data() + kNonceBytes, kBoxBytes,
                                 bytes->data(), key_.data()) != 0) {
    return std::nullopt;
  }
  return material;
}

std::expected<WrappingSecret, std::string> ReadWrappingSecret(const std::filesystem::path& file) {
  const std::string name = file.string();
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::unexpected("the secret file " + name + " cannot be read");
  const std::string contents{std::istreambuf_iterator<char>(stream), {}};
  auto secret = WrappingSecret::Make(contents);
  if (!secret) {
    return std::unexpected("the secret file " + name + " " + std::string(Explain(secret.error())));
  }
  return *std::move(secret);
}

}  // namespace chat::auth
