// Messages of the schema filled at random, the same for the same seed. For tests only.
#pragma once

#include <google/protobuf/message.h>

#include <random>

namespace chat {

// Sets about half of the fields with presence, all others, and lists of up to three items; numbers
// and strings are drawn from the awkward ones as often as from the rest. Texts are UTF-8 without
// U+0000, times are whole milliseconds.
void FillAtRandom(std::mt19937_64& random, google::protobuf::Message& message);

}  // namespace chat
