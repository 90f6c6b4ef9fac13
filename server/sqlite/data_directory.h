// The folder that holds the store's file, and the right to use it: one server at a time.
#pragma once

#include <expected>
#include <filesystem>

#include "server/sqlite/open_error.h"

namespace chat::sqlite {

// Holds an advisory lock (flock) on the folder itself. The kernel drops it with the process, so a
// crashed server leaves nothing behind that would have to be cleaned up.
//
// Thread: any. Lifetime: the database's, and longer than its connections.
class DataDirectory {
 public:
  // Makes the folder with mode 0700 if it is not there; one that is there keeps its mode.
  //
  // Errors: kDataDirectory; kInUse when another process, or another object here, holds it.
  static std::expected<DataDirectory, OpenError> Claim(std::filesystem::path path);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  std::filesystem::path file() const { return path_ / "chat.sqlite3"; }

 private:
  DataDirectory(std::filesystem::path path, int descriptor);

  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace chat::sqlite
