#include "server/app/report_dependency.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace chat::app {
namespace {

// A loop that had no turn for so long stands still.
constexpr std::chrono::seconds kReportAgeMax{2};

std::string Ago(std::optional<std::chrono::milliseconds> age) {
  return age ? std::to_string(age->count()) + " ms ago" : "never";
}

std::string FindFault(const ClusterReport& report) {
  if (std::chrono::steady_clock::now() - report.at > kReportAgeMax) {
    return "The loop of the cluster stands still.";
  }
  if (!report.state.lease_fresh) {
    return "The lease was last renewed " + Ago(report.state.since_renewal) + ".";
  }
  if (!report.state.caught_up) {
    return "What all nodes committed was last known " + Ago(report.state.behind) + ".";
  }
  return "";
}

// Thread: the shard's. Lifetime: shorter than `loop` and `home`.
class ReportDependency final : public Dependency {
 public:
  ReportDependency(const ClusterLoop& loop, Executor& home) : loop_(loop), home_(home) {}

  void Check(std::move_only_function<void(DependencyState)> done) override {
    std::string fault = FindFault(loop_.report());
    DependencyState state{.name = "cluster", .ready = fault.empty(), .detail = std::move(fault)};
    home_.Post(
        [state = std::move(state), done = std::move(done)]() mutable { done(std::move(state)); });
  }

 private:
  const ClusterLoop& loop_;
  Executor& home_;
};

}  // namespace

std::unique_ptr<Dependency> MakeClusterDependency(const ClusterLoop& loop, Executor& home) {
  return std::make_unique<ReportDependency>(loop, home);
}

}  // namespace chat::app
