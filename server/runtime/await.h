// The bridge from a port's completion to a coroutine on the shard:
//
//   const Result<User, RegisterError> user = co_await Await<Result<User, RegisterError>>(
//       [&](auto done) { accounts.Register(account, std::move(done)); });
//
// Ports complete exactly once and bound their own waits, so there is no deadline and no
// cancellation here.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <utility>

#include "server/runtime/asio.h"

namespace chat::runtime {

// Calls `start` with a callback, and goes on with the value that the callback is given. The
// coroutine goes on in a task of its own, so a port may also complete before `start` returns.
// Thread: `done` is called on the shard's thread, as ports do.
template <typename T, typename Start>
asio::awaitable<T> Await(Start start) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [&start, &executor](auto handler) {
        start(std::move_only_function<void(T)>([executor,
                                                handler = std::move(handler)](T value) mutable {
          asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
            std::move(handler)(std::move(value));
          });
        }));
      },
      asio::use_awaitable);
}

}  // namespace chat::runtime
