#include "server/sqlite/database.h"

#include <vector>

#include "migrations/sqlite_migrations.h"
#include "server/sqlite/connection.h"

namespace chat::sqlite {
namespace {

constexpr std::size_t kSearchThreads = 1;

std::expected<Connection, OpenError> OpenFile(const std::filesystem::path& file, Access access) {
  std::expected<Connection, SqlFailure> connection = Connection::Open(file, access);
  if (connection) return *std::move(connection);
  return std::unexpected(OpenError{
      OpenErrorCode::kFile,
      "cannot open the store's file " + file.string() + ": " + connection.error().message});
}

std::expected<std::vector<Connection>, OpenError> OpenReaders(const std::filesystem::path& file,
                                                              std::size_t count) {
  std::vector<Connection> readers;
  while (readers.size() < count) {
    auto reader = OpenFile(file, Access::kReadOnly);
    if (!reader) return std::unexpected(reader.error());
    readers.push_back(*std::move(reader));
  }
  return readers;
}

}  // namespace

struct Database::Opened {
  DataDirectory directory;
  Connection writer;
  std::vector<Connection> readers;
  std::vector<Connection> search_readers;
};

std::expected<std::unique_ptr<Database>, OpenError> Database::Open(DatabaseOptions options,
                                                                   Surroundings surroundings) {
  auto directory = DataDirectory::Claim(options.data_dir);
  if (!directory) return std::unexpected(directory.error());
  auto writer = OpenFile(directory->file(), Access::kReadWrite);
  if (!writer) return std::unexpected(writer.error());
  const auto migrated = Migrate(*writer, SqliteMigrations(), options.migrations);
  if (!migrated) return std::unexpected(migrated.error());

  auto readers = OpenReaders(directory->file(), options.reader_threads);
  if (!readers) return std::unexpected(readers.error());
  auto search_readers = OpenReaders(directory->file(), kSearchThreads);
  if (!search_readers) return std::unexpected(search_readers.error());
  Opened opened{*std::move(directory), *std::move(writer), *std::move(readers),
                *std::move(search_readers)};
  return std::unique_ptr<Database>(
      new Database(std::move(opened), std::move(options), surroundings));
}

Database::Database(Opened opened, DatabaseOptions options, Surroundings surroundings)
    : directory_(std::move(opened.directory)),
      writer_(std::move(opened.writer), surroundings, options.writer),
      readers_(std::move(opened.readers), {surroundings.clock, writer_}, options.readers),
      search_readers_(std::move(opened.search_readers), {surroundings.clock, writer_},
                      options.readers) {}

void Database::Stop() {
  readers_.Stop();
  search_readers_.Stop();
  writer_.Stop();
}

}  // namespace chat::sqlite
