#include "tests/harness/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace chat::testing {
namespace {

[[noreturn]] void Fail(const char* what) {
  throw Surprise(std::string(what) + ": " + std::strerror(errno));
}

struct Pipe {
  OwnedDescriptor read_end;
  OwnedDescriptor write_end;
};

Pipe MakePipe() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) Fail("pipe2");
  return {OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

struct Streams {
  int input;
  int output;
  int log;
};

// The child's part between fork and exec: only calls that are safe there.
[[noreturn]] void Become(char* const* arguments, const char* folder, const Streams& streams) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);  // a Ctrl-C at the terminal is for the parent alone
  ::dup2(streams.input, STDIN_FILENO);
  ::dup2(streams.output, STDOUT_FILENO);
  ::dup2(streams.log, STDERR_FILENO);
  if (::chdir(folder) == 0) ::execv(arguments[0], arguments);
  ::_exit(127);
}

std::filesystem::path FolderFrom(const char* variable) {
  const char* folder = std::getenv(variable);
  return folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path();
}

}  // namespace

std::filesystem::path MakeTestFolder(std::string_view name) {
  // mkdtemp puts a unique name in the place of the six X.
  std::string path = (FolderFrom("TEST_TMPDIR") / name).string() + "-" + std::string(6, 'X');
  if (::mkdtemp(path.data()) == nullptr) Fail("mkdtemp");
  return path;
}

std::filesystem::path TestOutputFolder() { return FolderFrom("TEST_UNDECLARED_OUTPUTS_DIR"); }

ChildProcess::ChildProcess(const ChildOptions& options) {
  // Tests run in the root of the files that they name in `data`.
  std::string program = std::filesystem::absolute(options.program).string();
  std::vector<std::string> arguments = options.arguments;
  std::vector<char*> pointers = {program.data()};
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  Pipe input = MakePipe();
  Pipe output = MakePipe();
  const OwnedDescriptor log(
      ::open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  pid_ = ::fork();
  if (pid_ < 0) Fail("fork");
  if (pid_ == 0) {
    Become(pointers.data(), options.working_folder.c_str(),
           {.input = input.read_end.get(), .output = output.write_end.get(), .log = log.get()});
  }
  process_ = OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!process_.is_open()) Fail("pidfd_open");
  input_ = std::move(input.write_end);
  output_ = std::move(output.read_end);
}

ChildProcess::~ChildProcess() {
  if (!process_.is_open()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string ChildProcess::ReadLine(const Deadline& deadline) {
  while (true) {
    const std::size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (!WaitFor(output_.get(), POLLIN, deadline)) throw Surprise("a process prints nothing");
    std::array<char, 4096> chunk;
    const ssize_t size = ::read(output_.get(), chunk.data(), chunk.size());
    if (size <= 0) throw Surprise("the output of a process ended");
    unread_.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

void ChildProcess::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(input_.get(), bytes.data(), bytes.size());
    if (size < 0) Fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

int ChildProcess::Reap() {
  if (!WaitFor(process_.get(), POLLIN, Deadline())) throw Surprise("a process does not end");
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) Fail("waitpid");
  process_.Close();
  return status;
}

int ChildProcess::ExitCode() {
  const int status = Reap();
  if (!WIFEXITED(status)) throw Surprise("a signal ended a process");
  return WEXITSTATUS(status);
}

bool ChildProcess::has_ended() const {
  return !process_.is_open() ||
         WaitFor(process_.get(), POLLIN, Deadline(std::chrono::milliseconds(0)));
}

void ChildProcess::Kill() {
  ::kill(pid_, SIGKILL);
  Reap();
}

}  // namespace chat::testing
