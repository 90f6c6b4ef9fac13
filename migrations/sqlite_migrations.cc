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
constexpr char kUp5[] = {
#embed "embedded/sqlite/000005_close_direct_conversations.up.sql"
};
constexpr char kDown5[] = {
#embed "embedded/sqlite/000005_close_direct_conversations.down.sql"
};
constexpr char kUp6[] = {
#embed "embedded/sqlite/000006_create_search_index.up.sql"
};
constexpr char kDown6[] = {
#embed "embedded/sqlite/000006_create_search_index.down.sql"
};

// An embedded text has no terminating zero.
template <std::size_t kSize>
constexpr std::string_view Text(const char (&embedded)[kSize]) {
  return {embedded, kSize};
}

constexpr std::array kMigrations = {
    Migration{.version = 1, .name = "create_tables", .up = Text(kUp1), .down = Text(kDown1)},
    Migration{
        .version = 5, .name = "close_direct_conversations", .up = Text(kUp5), .down = Text(kDown5)},
    Migration{.version = 6, .name = "create_search_index", .up = Text(kUp6), .down = Text(kDown6)},
};

}  // namespace

std::span<const Migration> SqliteMigrations() { return kMigrations; }

}  // namespace chat
