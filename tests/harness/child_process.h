// A program of ours as a process of its own: started, spoken to over its standard streams, waited
// for and killed. What the lines mean is the caller's part.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/deadline.h"
#include "tests/harness/socket.h"

namespace chat::testing {

struct ChildOptions {
  // Of the files that the test names in `data`, as "server/server".
  std::string program;
  std::vector<std::string> arguments;
  std::filesystem::path working_folder;
  // Where its standard error is appended.
  std::filesystem::path log;
};

// Thread: one. Lifetime: the process is killed at its end, and also when the test dies.
class ChildProcess {
 public:
  // Errors: throws Surprise when no process can be made; one that cannot run the program exits with
  // 127.
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard output.
  //
  // Errors: throws Surprise at the deadline and when its output ends.
  std::string ReadLine(const Deadline& deadline);

  // To its standard input.
  void Write(std::string_view bytes);
  // Ends its standard input.
  void CloseInput() { input_.Close(); }

  void Signal(int signal) { ::kill(pid_, signal); }

  // Waits for its end; the exit code.
  //
  // Errors: throws Surprise when it does not end in time, or by a signal.
  int ExitCode();

  bool has_ended() const;

  // As a crash; waits for the end.
  void Kill();

  pid_t pid() const { return pid_; }

 private:
  // What waitpid says of it.
  int Reap();

  OwnedDescriptor input_;
  OwnedDescriptor output_;
  // Readable when the process has ended; closed when it was waited for.
  OwnedDescriptor process_;
  std::string unread_;
  pid_t pid_ = -1;
};

// A new folder for this test.
std::filesystem::path MakeTestFolder(std::string_view name);

// Where files stay as output of the test.
std::filesystem::path TestOutputFolder();

}  // namespace chat::testing
