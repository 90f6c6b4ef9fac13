#include "migrations/sqlite_migrations.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace chat {
namespace {

constexpr char kUp1[] = {
#embed "embedded/sqlite/000001_create_tables.up.sql"
};
constexpr char kDown1[] = {
#embed "embedded/sqlite/000001_create_tables.down.sql"
};

// An embedded text has no terminating zero.
template <std::size_t kSize>
constexpr std::string_view Text(const char (&embedded)[kSize]) {
  return {embedded, kSize};
}

constexpr std::array kMigrations = {
    Migration{.version = 1, .name = "create_tables", .up = Text(kUp1), .down = Text(kDown1)},
};

}  // namespace

std::span<const Migration> SqliteMigrations() { return kMigrations; }

}  // namespace chat
