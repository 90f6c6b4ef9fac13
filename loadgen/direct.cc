#include "loadgen/direct.h"

#include <netinet/in.h>
#include <sys/prctl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "loadgen/account.h"
#include "loadgen/process_cpu.h"
#include "loadgen/schedule.h"
#include "loadgen/server_address.h"

namespace chat::loadgen {
namespace {

using Instant = std::chrono::steady_clock::time_point;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurnMax{10};
constexpr std::chrono::seconds kConnectingMax{60};
constexpr std::chrono::seconds kDrainingMax{30};

// Who talks where.
struct Cast {
  CrowdOptions crowd;
  std::vector<ConversationId> conversations;
};

std::expected<std::vector<sockaddr_in>, std::string> ParseServers(
    const std::vector<std::string>& texts) {
  std::vector<sockaddr_in> servers;
  for (const std::string& text : texts) {
    const auto server = ParseServerAddress(text);
    if (!server) return std::unexpected("the server is not an IPv4 address and a port: " + text);
    servers.push_back(*server);
  }
  if (servers.empty()) return std::unexpected("there is no server");
  return servers;
}

// Puts the sender and the receiver of one more pair on these two servers.
std::expected<void, std::string> AddPair(Cast& cast, const std::string& name,
                                         const sockaddr_in& from, const sockaddr_in& to) {
  const auto sender = Account::Create(from, name + ".a");
  if (!sender) return std::unexpected(sender.error());
  const auto receiver = Account::Create(to, name + ".b");
  if (!receiver) return std::unexpected(receiver.error());
  const auto befriended = sender->Befriend(*receiver);
  if (!befriended) return befriended;
  const auto conversation = sender->OpenChatWith(*receiver);
  if (!conversation) return std::unexpected(conversation.error());
  cast.crowd.servers.insert(cast.crowd.servers.end(), {from, to});
  cast.crowd.access_tokens.insert(cast.crowd.access_tokens.end(),
                                  {sender->access_token(), receiver->access_token()});
  cast.crowd.connections += 2;
  cast.conversations.push_back(*conversation);
  return {};
}

std::expected<Cast, std::string> MakeCast(const DirectOptions& options) {
  const auto servers = ParseServers(options.servers);
  if (!servers) return std::unexpected(servers.error());
  const std::string run = MakeRunName();
  Cast cast;
  for (std::size_t pair = 0; pair < options.pairs; ++pair) {
    const auto added = AddPair(cast, run + std::to_string(pair), (*servers)[pair % servers->size()],
                               (*servers)[(pair + 1) % servers->size()]);
    if (!added) return std::unexpected(added.error());
  }
  return cast;
}

// What is counted at the two ends of the measured window.
struct Sample {
  std::vector<std::chrono::duration<double>> cpu;
  double generator_cpu_seconds = 0;
  DirectCounts counts;
  Instant at;
};

class DirectRun {
 public:
  DirectRun(const DirectOptions& options, Cast cast)
      : options_(options), traffic_(std::move(cast.crowd), cast.conversations) {}

  std::expected<DirectReport, std::string> Run() {
    if (!Connect()) {
      return std::unexpected("not everyone got connected: " + traffic_.crowd().first_end());
    }
    Start();
    TalkUntil(steady_clock::now() + options_.warmup);
    const Sample first = TakeSample();
    traffic_.StartMeasuring(first.at);
    TalkUntil(first.at + options_.seconds);
    const Sample last = TakeSample();
    traffic_.StopMeasuring(last.at);
    Drain();
    return MakeReport(first, last);
  }

 private:
  bool Connect() {
    const Instant give_up = steady_clock::now() + kConnectingMax;
    while (!traffic_.crowd().settled() && steady_clock::now() < give_up) traffic_.Turn(kTurnMax);
    return traffic_.crowd().settled() && traffic_.crowd().Count().ended == 0;
  }

  void Start() {
    if (options_.rate > 0) {
      schedule_.emplace(steady_clock::now(), options_.rate);
    } else {
      traffic_.KeepInFlight(options_.in_flight);
    }
  }

  void TalkUntil(Instant end) {
    for (Instant now = steady_clock::now(); now < end; now = steady_clock::now()) {
      Instant next = std::min(end, now + kTurnMax);
      if (schedule_) {
        SendWhatIsDue(now);
        next = std::min(next, schedule_->next());
      }
      traffic_.Turn(next - steady_clock::now());
    }
  }

  void SendWhatIsDue(Instant now) {
    while (schedule_->IsDue(now)) {
      traffic_.Send(schedule_->taken() % traffic_.pairs(), schedule_->next());
      schedule_->Take();
    }
  }

  void Drain() {
    traffic_.Stop();
    const Instant give_up = steady_clock::now() + kDrainingMax;
    while (!traffic_.settled() && steady_clock::now() < give_up) traffic_.Turn(kTurnMax);
  }

  Sample TakeSample() const {
    Sample sample;
    for (const pid_t pid : options_.server_pids) sample.cpu.push_back(CpuOfTree(pid));
    sample.generator_cpu_seconds = OwnCpuSeconds();
    sample.counts = traffic_.counts();
    sample.at = steady_clock::now();
    return sample;
  }

  DirectReport MakeReport(const Sample& first, const Sample& last) const {
    DirectReport report{
        .servers = options_.servers.size(),
        .pairs = options_.pairs,
        .in_flight = options_.rate > 0 ? 0 : options_.in_flight,
        .rate = options_.rate,
        .seconds = std::chrono::duration<double>(last.at - first.at).count(),
        .sends = last.counts.sends - first.counts.sends,
        .acks = last.counts.acks - first.counts.acks,
        .seen = last.counts.seen - first.counts.seen,
        .latencies = traffic_.latencies(),
        .processes = UseBetween(first, last),
        .generator_cpu_seconds = last.generator_cpu_seconds - first.generator_cpu_seconds,
        .refused = traffic_.counts().refused,
        .violations = traffic_.counts().violations,
        .first_violations = traffic_.violations()};
    if (!traffic_.settled()) AddViolation(report, "something sent was not both acked and seen");
    const std::string& first_end = traffic_.crowd().first_end();
    if (!first_end.empty()) AddViolation(report, "a connection was lost: " + first_end);
    return report;
  }

  std::vector<ProcessUse> UseBetween(const Sample& first, const Sample& last) const {
    std::vector<ProcessUse> uses;
    const std::vector<ProcessStat> processes = ReadProcesses();
    for (std::size_t i = 0; i < options_.server_pids.size(); ++i) {
      const pid_t pid = options_.server_pids[i];
      const auto found = std::ranges::find(processes, pid, &ProcessStat::pid);
      uses.push_back({.pid = pid,
                      .name = found == processes.end() ? "ended" : found->name,
                      .cpu_seconds = (last.cpu[i] - first.cpu[i]).count()});
    }
    return uses;
  }

  static void AddViolation(DirectReport& report, const std::string& what) {
    ++report.violations;
    report.first_violations.push_back(what);
  }

  const DirectOptions& options_;
  DirectTraffic traffic_;
  std::optional<Schedule> schedule_;
};

}  // namespace

std::expected<DirectReport, std::string> RunDirect(const DirectOptions& options) {
  if (options.pairs == 0) return std::unexpected("there is no pair");
  if (options.in_flight == 0 || options.in_flight > DirectTraffic::kInFlightMax) {
    return std::unexpected("in flight can be 1 to " + std::to_string(DirectTraffic::kInFlightMax));
  }
  auto cast = MakeCast(options);
  if (!cast) return std::unexpected(cast.error());
  // The system may wake sleepers up to 50 microseconds late; what is measured here is not that.
  ::prctl(PR_SET_TIMERSLACK, 1);
  return DirectRun(options, *std::move(cast)).Run();
}

}  // namespace chat::loadgen
