// A folder for the files of one test, gone when the test is.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace chat::sqlite {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const char* parent = getenv("TEST_TMPDIR");
    // mkdtemp puts a unique name in the place of the six X.
    std::string pattern =
        std::string(parent == nullptr ? "/tmp" : parent) + "/sqlite-" + std::string(6, 'X');
    const char* made = mkdtemp(pattern.data());
    path_ = made == nullptr ? "" : made;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace chat::sqlite
