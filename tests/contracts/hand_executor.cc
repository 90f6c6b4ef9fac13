#include "tests/contracts/hand_executor.h"

#include <chrono>
#include <utility>

namespace chat::contracts {
namespace {

constexpr std::chrono::seconds kDeadline{30};

}  // namespace

void HandExecutor::Post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  posted_.notify_all();
}

bool HandExecutor::RunUntil(const std::function<bool()>& done) {
  while (!done()) {
    if (!RunNext()) return false;
  }
  return true;
}

bool HandExecutor::WaitForTasks(std::size_t count) {
  std::unique_lock lock(mutex_);
  return posted_.wait_for(lock, kDeadline, [&] { return tasks_.size() >= count; });
}

bool HandExecutor::RunNext() {
  Task task;
  {
    std::unique_lock lock(mutex_);
    if (!posted_.wait_for(lock, kDeadline, [this] { return !tasks_.empty(); })) return false;
    task = std::move(tasks_.front());
    tasks_.pop_front();
  }
  task();
  return true;
}

}  // namespace chat::contracts
