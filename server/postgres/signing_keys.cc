#include "server/postgres/signing_keys.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/postgres/transaction.h"

namespace chat::postgres {
namespace {

// A key that retired still counts as one: a store that once had keys never starts anew by itself.
// Of nodes that start at once, one inserts; the others wait for it and find its key.
void CreateFirst(Transaction& transaction, std::string_view material) {
  transaction.Run(
      "INSERT INTO signing_keys (key_id, material, created_at) "
      "SELECT 1, $1, $2 WHERE NOT EXISTS (SELECT 1 FROM signing_keys) "
      "ON CONFLICT (key_id) DO NOTHING",
      Blob(material), transaction.now);
}

// The rows that are there first, so that of nodes that do this at once one waits for the other, and
// then counts on from its key.
void AddKey(Transaction& transaction, const NextSigningKey& next) {
  transaction.Run("SELECT 1 FROM signing_keys ORDER BY key_id FOR UPDATE");
  transaction.Run("UPDATE signing_keys SET retires_at = $1 WHERE retires_at IS NULL",
                  transaction.now + next.overlap);
  transaction.Run(
      "INSERT INTO signing_keys (key_id, material, created_at) "
      "SELECT coalesce(max(key_id), 0) + 1, $1, $2 FROM signing_keys",
      Blob(next.material), transaction.now);
}

std::vector<StoredSigningKey> LoadKeys(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      "SELECT key_id, material, created_at FROM signing_keys "
      "WHERE retires_at IS NULL OR retires_at > $1 ORDER BY key_id",
      transaction.now);
  std::vector<StoredSigningKey> keys;
  for (const pqxx::row& row : rows) {
    keys.push_back({.key_id = static_cast<std::uint32_t>(row[0].as<std::int64_t>()),
                    .material = ReadBlob(row[1]),
                    .created_at = row[2].as<UnixTime>()});
  }
  return keys;
}

}  // namespace

void SigningKeys::LoadOrCreate(std::string first,
                               Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Write(home_, std::move(done),
                  [first = std::move(first)](Transaction& transaction)
                      -> Result<std::vector<StoredSigningKey>, ReadError> {
                    CreateFirst(transaction, first);
                    return LoadKeys(transaction);
                  });
}

void SigningKeys::Load(Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Read(home_, std::move(done),
                 [](Transaction& transaction) -> Result<std::vector<StoredSigningKey>, ReadError> {
                   return LoadKeys(transaction);
                 });
}

void SigningKeys::Rotate(NextSigningKey next,
                         Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Write(home_, std::move(done),
                  [next = std::move(next)](Transaction& transaction)
                      -> Result<std::vector<StoredSigningKey>, ReadError> {
                    AddKey(transaction, next);
                    return LoadKeys(transaction);
                  });
}

}  // namespace chat::postgres
