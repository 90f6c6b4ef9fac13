// Signing keys in the embedded store.
#pragma once

#include <string>
#include <vector>

#include "server/ports/completion.h"
#include "server/ports/executor.h"
#include "server/ports/signing_keys.h"
#include "server/sqlite/database.h"

namespace chat::sqlite {

// Thread: the shard's. Lifetime: shorter than `database` and `home`.
class SigningKeys final : public chat::SigningKeys {
 public:
  SigningKeys(Database& database, Executor& home) : database_(database), home_(home) {}

  void LoadOrCreate(std::string first,
                    Completion<std::vector<StoredSigningKey>, ReadError> done) override;
  void Load(Completion<std::vector<StoredSigningKey>, ReadError> done) override;
  void Rotate(NextSigningKey next,
              Completion<std::vector<StoredSigningKey>, ReadError> done) override;

 private:
  Database& database_;
  Executor& home_;
};

}  // namespace chat::sqlite
