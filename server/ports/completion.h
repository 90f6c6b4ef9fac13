// How a port answers: once, with a value or that operation's own error, on the shard that asked.
#pragma once

#include <expected>
#include <functional>

namespace chat {

template <typename T, typename E>
using Result = std::expected<T, E>;

// Called exactly once. An adapter that shuts down completes what it holds with its "unavailable"
// error.
template <typename T, typename E>
using Completion = std::move_only_function<void(Result<T, E>)>;

// What a plain read can answer besides its value.
enum class ReadError {
  kUnavailable,  // the store cannot answer now; retrying later may help
};

// What a read of something the viewer may not see answers besides its value.
enum class ViewError {
  kNotFound,  // absent, or not the viewer's: the two look the same
  kUnavailable,
};

}  // namespace chat
