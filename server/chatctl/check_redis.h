// Whether there is a Redis at a URL that nodes can speak through.
#pragma once

#include <expected>
#include <string>

namespace chat::chatctl {

// Limits: 5 s.
// Errors: one sentence, which may repeat what stood in the URL.
std::expected<void, std::string> CheckRedis(const std::string& url);

}  // namespace chat::chatctl
