// Names a connection of one shard for as long as anything may still ask for it: completions that
// come back after it ended, and watches. Four bytes, because a watch edge stores one.
#pragma once

#include <cstdint>

namespace chat {

enum class ConnectionHandle : std::uint32_t {};

}  // namespace chat
