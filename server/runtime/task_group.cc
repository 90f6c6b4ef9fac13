#include "server/runtime/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <exception>
#include <utility>
#include <vector>

namespace chat::runtime {

TaskGroup::TaskGroup(asio::any_io_executor executor,
                     std::function<void(std::string_view)> on_failure)
    : executor_(std::move(executor)), on_failure_(std::move(on_failure)), idle_(executor_) {}

TaskGroup::~TaskGroup() { assert(running_.empty() && "a task outlives its group"); }

void TaskGroup::Spawn(asio::awaitable<void> task) {
  const Running::iterator running = running_.emplace(running_.end());
  asio::co_spawn(
      executor_, std::move(task),
      asio::bind_cancellation_slot(running->slot(), [this, running](std::exception_ptr failure) {
        Finish(running, std::move(failure));
      }));
}

void TaskGroup::Cancel() {
  // A task may end while it is told, which removes it from the list.
  for (auto task = running_.begin(); task != running_.end();) {
    (task++)->emit(asio::cancellation_type::terminal);
  }
}

asio::awaitable<bool> TaskGroup::Wait(std::chrono::milliseconds timeout) {
  if (!running_.empty()) {
    idle_.expires_after(timeout);
    co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return running_.empty();
}

void TaskGroup::Finish(Running::iterator task, std::exception_ptr failure) {
  running_.erase(task);
  if (running_.empty()) idle_.cancel();
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) on_failure_(error.what());
  } catch (const std::exception& error) {
    on_failure_(error.what());
  } catch (...) {
    on_failure_("an exception of unknown type");
  }
}

}  // namespace chat::runtime
