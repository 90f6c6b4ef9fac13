#include "server/postgres/dependency.h"

#include <string>
#include <utility>

#include "server/ports/completion.h"
#include "server/postgres/lease.h"

namespace chat::postgres {
namespace {

DependencyState Judge(bool written, const std::string& failure) {
  if (written) return {.name = "postgres", .ready = true, .detail = ""};
  return {.name = "postgres",
          .ready = false,
          .detail = "The store cannot be written: " +
                    (failure.empty() ? "too many writes wait" : failure) + "."};
}

}  // namespace

void Dependency::Check(std::move_only_function<void(DependencyState)> done) {
  database_.Write(
      home_,
      Completion<void, ReadError>(
          [&database = database_, done = std::move(done)](Result<void, ReadError> result) mutable {
            done(Judge(result.has_value(), database.last_failure()));
          }),
      [&lease = database_.lease()](Transaction& transaction) -> Result<void, ReadError> {
        transaction.Run("UPDATE nodes SET renewed_at = renewed_at WHERE epoch = $1",
                        lease.held().epoch);
        return {};
      });
}

}  // namespace chat::postgres
