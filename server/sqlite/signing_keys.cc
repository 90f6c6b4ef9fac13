#include "server/sqlite/signing_keys.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "protocol/timestamp.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/statement.h"

namespace chat::sqlite {
namespace {

Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A key that retired still counts as one: a store that once had keys never starts anew by itself.
void CreateFirst(WriteTransaction& transaction, std::string_view material) {
  Statement(transaction.connection,
            "INSERT INTO signing_keys (key_id, material, created_at) "
            "SELECT 1, ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM signing_keys)",
            AsBytes(material), transaction.now)
      .Run();
}

void AddKey(WriteTransaction& transaction, const NextSigningKey& next) {
  Statement(transaction.connection,
            "UPDATE signing_keys SET retires_at = ?1 WHERE retires_at IS NULL",
            transaction.now + next.overlap)
      .Run();
  Statement(transaction.connection,
            "INSERT INTO signing_keys (key_id, material, created_at) "
            "SELECT coalesce(max(key_id), 0) + 1, ?1, ?2 FROM signing_keys",
            AsBytes(next.material), transaction.now)
      .Run();
}

std::vector<StoredSigningKey> LoadKeys(Connection& connection, UnixTime now) {
  Statement rows(connection,
                 "SELECT key_id, material, created_at FROM signing_keys "
                 "WHERE retires_at IS NULL OR retires_at > ?1 ORDER BY key_id",
                 now);
  std::vector<StoredSigningKey> keys;
  while (rows.Step()) {
    keys.push_back({.key_id = static_cast<std::uint32_t>(rows.Get<std::int64_t>(0)),
                    .material = rows.Get<std::string>(1),
                    .created_at = rows.Get<UnixTime>(2)});
  }
  return keys;
}

}  // namespace

void SigningKeys::LoadOrCreate(std::string first,
                               Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Write(home_, std::move(done),
                  [first = std::move(first)](WriteTransaction& transaction)
                      -> Result<std::vector<StoredSigningKey>, ReadError> {
                    CreateFirst(transaction, first);
                    return LoadKeys(transaction.connection, transaction.now);
                  });
}

void SigningKeys::Load(Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Read(
      home_, std::move(done),
      [](ReadTransaction& transaction) -> Result<std::vector<StoredSigningKey>, ReadError> {
        return LoadKeys(transaction.connection, transaction.now);
      });
}

void SigningKeys::Rotate(NextSigningKey next,
                         Completion<std::vector<StoredSigningKey>, ReadError> done) {
  database_.Write(home_, std::move(done),
                  [next = std::move(next)](WriteTransaction& transaction)
                      -> Result<std::vector<StoredSigningKey>, ReadError> {
                    AddKey(transaction, next);
                    return LoadKeys(transaction.connection, transaction.now);
                  });
}

}  // namespace chat::sqlite
