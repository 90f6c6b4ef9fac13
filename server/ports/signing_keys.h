// Port: the keys that sign access tokens and tickets. They live in the store so that every node
// knows every token. Key material is opaque here: auth::Keyring wraps it when a secret file is
// configured.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/timestamp.h"
#include "server/ports/completion.h"

namespace chat {

struct StoredSigningKey {
  std::uint32_t key_id = 0;
  std::string material;  // as the keyring wrapped it
  UnixTime created_at;
};

struct NextSigningKey {
  std::string material;  // as the keyring wrapped it
  // How long the keys before it still verify; at least as long as what they signed lives.
  std::chrono::seconds overlap;
};

// Thread: called on one shard, completes on it.
class SigningKeys {
 public:
  virtual ~SigningKeys() = default;

  // All keys that have not retired, newest last. When there is none yet, `first` is stored as key
  // 1: of any number of nodes that start at once exactly one key is kept, and all of them get that
  // one.
  virtual void LoadOrCreate(std::string first,
                            Completion<std::vector<StoredSigningKey>, ReadError> done) = 0;

  // All keys that have not retired, newest last.
  virtual void Load(Completion<std::vector<StoredSigningKey>, ReadError> done) = 0;

  // Stores one more key, with the next number; those before it retire after the overlap, or when
  // they were to retire anyhow. Answers as Load does then.
  virtual void Rotate(NextSigningKey next,
                      Completion<std::vector<StoredSigningKey>, ReadError> done) = 0;
};

}  // namespace chat
