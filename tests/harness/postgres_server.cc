#include "tests/harness/postgres_server.h"

#include <cassert>
#include <system_error>
#include <utility>

#include "tests/harness/child_process.h"
#include "tests/harness/deadline.h"

namespace chat::testing {
namespace {

void RunToItsEnd(const ChildOptions& options) {
  if (ChildProcess(options).ExitCode() != 0) {
    throw Surprise(options.program + " failed: see " + options.log.string());
  }
}

// What initdb writes, once for the process of a test: it takes longer than all else here.
class EmptyCluster {
 public:
  EmptyCluster() : folder_(MakeTestFolder("initdb")) {
    RunToItsEnd({
        .program = "../postgresql/bin/initdb",
        // It need not survive a loss of power, unlike what the server writes later.
        .arguments = {"--pgdata=" + (folder_ / "data").string(), "--username=postgres",
                      "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                      "--no-instructions"},
        .working_folder = folder_,
        .log = TestOutputFolder() / "initdb.log",
    });
  }
  ~EmptyCluster() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  EmptyCluster(const EmptyCluster&) = delete;
  EmptyCluster& operator=(const EmptyCluster&) = delete;

  // cp keeps the owner, whom PostgreSQL insists on.
  void CopyTo(const std::filesystem::path& folder) const {
    RunToItsEnd({
        .program = "/bin/cp",
        .arguments = {"-a", (folder_ / "data").string(), folder.string()},
        .working_folder = folder,
        .log = TestOutputFolder() / "initdb.log",
    });
  }

 private:
  std::filesystem::path folder_;
};

const EmptyCluster& EmptyClusterOfThisProcess() {
  static const EmptyCluster cluster;
  return cluster;
}

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options)
    : options_(std::move(options)), folder_(MakeTestFolder("postgres")), port_(FindFreePort()) {
  EmptyClusterOfThisProcess().CopyTo(folder_);
  Start();
}

PostgresServer::~PostgresServer() {
  if (process_ && process_->is_running()) {
    try {
      // Stopped, it gives back its piece of shared memory, which outlives a process that is killed.
      Thaw();
      Stop(StopMode::kImmediate);
    } catch (const Surprise&) {
      // Then it is killed.
    }
  }
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path PostgresServer::log() const {
  return TestOutputFolder() / (folder_.filename().string() + ".log");
}

void PostgresServer::Start() {
  std::vector<std::string> arguments = {
      "-D", (folder_ / "data").string(), "-k", socket_folder_.path().string(),
      "-p", std::to_string(port_),       "-h", options_.listens_on_tcp ? "127.0.0.1" : "",
  };
  for (const std::string& setting : options_.settings) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  process_.emplace(StoreProcessOptions{
      .program = "../postgresql/bin/postgres",
      .arguments = std::move(arguments),
      .socket_folder = socket_folder_.path(),
      .log = log(),
  });
}

pqxx::result PostgresServer::Execute(const std::string& sql) const {
  pqxx::connection connection(url());
  pqxx::nontransaction work(connection);
  return work.exec(sql);
}

std::string PostgresServer::url() const {
  return "postgresql://postgres@/postgres?host=" + socket_folder_.path().string() +
         "&port=" + std::to_string(port_);
}

std::string PostgresServer::tcp_url() const {
  assert(options_.listens_on_tcp);
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres";
}

}  // namespace chat::testing
