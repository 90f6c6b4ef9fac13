#include "loadgen/relay_floor.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <utility>

#include "loadgen/process_cpu.h"
#include "loadgen/relay_clients.h"
#include "loadgen/relay_server.h"

namespace chat::loadgen {
namespace {

using Instant = std::chrono::steady_clock::time_point;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurnMax{10};
constexpr std::chrono::seconds kDrainingMax{10};

[[noreturn]] void BecomeServer(const RelayListener& listener, const RelayFloorOptions& options) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (options.server_cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(*options.server_cpu, &cpus);
    if (::sched_setaffinity(0, sizeof(cpus), &cpus) != 0) ::_exit(2);
  }
  try {
    RunRelayServer(listener, 2 * options.pairs);
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

void TurnUntil(RelayClients& clients, Instant end) {
  while (steady_clock::now() < end) clients.Turn(kTurnMax);
}

// The clients' part; its end closes their connections, which ends the relay.
std::expected<RelayFloorReport, std::string> Drive(const RelayFloorOptions& options,
                                                   unsigned short port, pid_t server) {
  RelayClients clients(options.pairs, port);
  clients.Start(options.in_flight);
  TurnUntil(clients, steady_clock::now() + options.warmup);
  const RelayFloorReport first{.acks = clients.acks(),
                               .deliveries = clients.deliveries(),
                               .server_cpu_seconds = CpuOfTree(server).count()};
  const Instant begin = steady_clock::now();
  TurnUntil(clients, begin + options.seconds);
  RelayFloorReport report{
      .seconds = std::chrono::duration<double>(steady_clock::now() - begin).count(),
      .acks = clients.acks() - first.acks,
      .deliveries = clients.deliveries() - first.deliveries,
      .server_cpu_seconds = CpuOfTree(server).count() - first.server_cpu_seconds};
  clients.Stop();
  const Instant give_up = steady_clock::now() + kDrainingMax;
  while (!clients.settled() && steady_clock::now() < give_up) clients.Turn(kTurnMax);
  if (!clients.settled() || !clients.sound()) {
    return std::unexpected("the relay lost a message or changed their order");
  }
  return report;
}

}  // namespace

std::expected<RelayFloorReport, std::string> RunRelayFloor(const RelayFloorOptions& options) {
  if (options.pairs == 0 || options.in_flight == 0 || options.in_flight > 200) {
    return std::unexpected("there is nobody to send, or more in flight than a socket takes");
  }
  const RelayListener listener = ListenForRelay(2 * options.pairs);
  const pid_t server = ::fork();
  if (server < 0) FailWithErrno("fork");
  if (server == 0) BecomeServer(listener, options);
  auto report = Drive(options, listener.port, server);
  int status = 0;
  ::waitpid(server, &status, 0);
  if (report && status != 0) return std::unexpected("the relay failed");
  return report;
}

}  // namespace chat::loadgen
