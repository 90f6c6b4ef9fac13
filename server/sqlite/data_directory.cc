#include "server/sqlite/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace chat::sqlite {
namespace {

std::unexpected<OpenError> Refuse(OpenErrorCode code, const std::string& what, int error) {
  return std::unexpected(OpenError{code, what + ": " + std::generic_category().message(error)});
}

}  // namespace

std::expected<DataDirectory, OpenError> DataDirectory::Claim(std::filesystem::path path) {
  const std::filesystem::path parent = path.parent_path();
  std::error_code ignored;  // mkdir says it again, and better
  if (!parent.empty()) std::filesystem::create_directories(parent, ignored);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Refuse(OpenErrorCode::kDataDirectory, "cannot make the data directory " + path.string(),
                  errno);
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return Refuse(OpenErrorCode::kDataDirectory, "cannot open the data directory " + path.string(),
                  errno);
  }
  DataDirectory directory(std::move(path), descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return directory;
  if (errno == EWOULDBLOCK) {
    return std::unexpected(OpenError{
        OpenErrorCode::kInUse,
        "the data directory " + directory.path_.string() + " is in use by another server"});
  }
  return Refuse(OpenErrorCode::kDataDirectory,
                "cannot lock the data directory " + directory.path_.string(), errno);
}

DataDirectory::DataDirectory(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DataDirectory::~DataDirectory() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace chat::sqlite
