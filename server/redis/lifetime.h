// Lets a wait find out whether whoever began it is still there: Asio calls handlers also after
// their wait was cancelled, and one that was ready to run comes as if nothing had happened.
#pragma once

#include <memory>
#include <utility>

namespace chat::redis {

// A member of whoever begins waits, the last one, so that it ends first.
//
// Thread: one. Lifetime: its owner's.
class Lifetime {
 public:
  class Watch {
   public:
    bool is_over() const { return token_.expired(); }

   private:
    friend class Lifetime;
    explicit Watch(std::weak_ptr<const char> token) : token_(std::move(token)) {}

    std::weak_ptr<const char> token_;
  };

  Watch watch() const { return Watch(token_); }

 private:
  std::shared_ptr<const char> token_ = std::make_shared<const char>();
};

}  // namespace chat::redis
