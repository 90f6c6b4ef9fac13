#include "server/cluster/batch_codec.h"

#include <limits>
#include <utility>

#include "server/cluster/cluster.pb.h"
#include "server/cluster/proto_values.h"

namespace chat::cluster {

std::string EncodeChanges(const CommitBatch& batch) {
  v1::Changes changes;
  WriteChanges(batch, changes);
  for (v1::EntryChange& change : *changes.mutable_entry_changes()) {
    if (change.has_edited()) change.mutable_edited()->clear_text();
  }
  return changes.SerializeAsString();
}

bool DecodeChanges(std::string_view bytes, CommitBatch& batch) {
  CommitBatch decoded;
  v1::Changes changes;
  const bool valid = bytes.size() <= std::numeric_limits<int>::max() &&
                     changes.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
                     ReadChanges(changes, decoded);
  if (!valid) decoded = {};
  batch.changes = std::move(decoded.changes);
  batch.user_changes = std::move(decoded.user_changes);
  batch.revoked_sessions = std::move(decoded.revoked_sessions);
  batch.disabled_users = std::move(decoded.disabled_users);
  return valid;
}

}  // namespace chat::cluster
