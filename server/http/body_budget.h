// How much memory the bodies of a shard's requests may take together. Many clients that each send
// an allowed body slowly would otherwise add up to gigabytes before anyone is authenticated.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "protocol/limits.h"

namespace chat::http {

// Thread: the shard's. Lifetime: longer than its grants.
class BodyBudget {
 public:
  // A share of the budget, given back at its end.
  class Grant {
   public:
    Grant(BodyBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
    Grant(Grant&& other) noexcept
        : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    Grant& operator=(Grant&& other) = delete;
    ~Grant() { budget_->left_ += bytes_; }

   private:
    BodyBudget* budget_;
    std::size_t bytes_;
  };

  explicit BodyBudget(std::size_t bytes) : left_(bytes) {}

  // Nothing when less than `bytes` is left.
  std::optional<Grant> Take(std::size_t bytes) {
    if (bytes > left_) return std::nullopt;
    left_ -= bytes;
    return std::optional<Grant>(std::in_place, *this, bytes);
  }

  std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

}  // namespace chat::http
