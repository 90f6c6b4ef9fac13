// What a batch changed besides new entries, as bytes for the commit log. Entries and the texts of
// edits are not in it: the log names them and reads them back, so that what is deleted is gone.
// Used by stores that several nodes share.
#pragma once

#include <string>
#include <string_view>

#include "server/ports/bus.h"

namespace chat::cluster {

// The changes, user changes and revoked sessions of `batch`, without the texts of edits.
std::string EncodeChanges(const CommitBatch& batch);

// Sets the changes, user changes and revoked sessions of `batch`, and nothing else of it.
//
// Errors: false for what EncodeChanges does not make; the three are empty then.
[[nodiscard]] bool DecodeChanges(std::string_view bytes, CommitBatch& batch);

}  // namespace chat::cluster
