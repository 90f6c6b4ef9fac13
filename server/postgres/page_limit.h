// How many rows a page of this store has at most, whatever was asked for.
#pragma once

#include <algorithm>

namespace chat::postgres {

inline constexpr int kPageRowsMax = 1000;

constexpr int PageLimit(int asked) { return std::clamp(asked, 1, kPageRowsMax); }

}  // namespace chat::postgres
