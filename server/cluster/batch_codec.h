// What a batch changed besides entries, as bytes for the commit log. Entries are not in it: the log
// names them and reads them back. Used by stores that several nodes share.
#pragma once

#include <string>
#include <string_view>

#include "server/ports/bus.h"

namespace chat::cluster {

// The user changes and revoked sessions of `batch`.
std::string EncodeChanges(const CommitBatch& batch);

// Sets the user changes and revoked sessions of `batch`, and nothing else of it.
//
// Errors: false for what EncodeChanges does not make; the two are empty then.
[[nodiscard]] bool DecodeChanges(std::string_view bytes, CommitBatch& batch);

}  // namespace chat::cluster
