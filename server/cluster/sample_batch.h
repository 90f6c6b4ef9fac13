// A batch in which every field of every value says something, and a comparison of batches by what
// they say. For tests of the codecs.
#pragma once

#include <string>

#include "server/ports/bus.h"

namespace chat::cluster {

CommitBatch SampleBatch();

// All that a batch says, SendOrigin and number left out.
std::string Describe(const CommitBatch& batch);

}  // namespace chat::cluster
