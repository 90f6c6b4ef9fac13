// The values of the ports in the cluster's schema, and back. Reading is strict: what no node of
// ours would have written is no value. Used by the codecs of this folder.
#pragma once

#include <optional>

#include "protocol/ids.h"
#include "protocol/timestamp.h"
#include "server/cluster/cluster.pb.h"
#include "server/ports/bus.h"
#include "server/ports/messages.h"

namespace chat::cluster {

// Errors of all that reads: nullopt for ids and positions below zero, times outside of what the
// public protocol can say, and kinds that are not known.

std::optional<UnixTime> ReadTime(std::int64_t milliseconds);
std::int64_t WriteTime(UnixTime time);

// Epochs travel unsigned; zero is none.
std::optional<Epoch> ReadEpoch(std::uint64_t number);
std::uint64_t WriteEpoch(Epoch epoch);

// Without its SendOrigin, which means something on its own node only.
void WriteEntry(const CommittedEntry& entry, v1::CommittedEntry& out);
std::optional<CommittedEntry> ReadEntry(v1::CommittedEntry& in);

void WriteChanges(const CommitBatch& batch, v1::Changes& out);
[[nodiscard]] bool ReadChanges(v1::Changes& in, CommitBatch& batch);

}  // namespace chat::cluster
