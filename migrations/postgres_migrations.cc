#include "migrations/postgres_migrations.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace chat {
namespace {

constexpr char kUp1[] = {
#embed "embedded/postgres/000001_create_tables.up.sql"
};
constexpr char kDown1[] = {
#embed "embedded/postgres/000001_create_tables.down.sql"
};
constexpr char kUp2[] = {
#embed "embedded/postgres/000002_append_batch.up.sql"
};
constexpr char kDown2[] = {
#embed "embedded/postgres/000002_append_batch.down.sql"
};
constexpr char kUp3[] = {
#embed "embedded/postgres/000003_create_search_index.up.sql"
};
constexpr char kDown3[] = {
#embed "embedded/postgres/000003_create_search_index.down.sql"
};

// An embedded text has no terminating zero.
template <std::size_t kSize>
constexpr std::string_view Text(const char (&embedded)[kSize]) {
  return {embedded, kSize};
}

constexpr std::array kMigrations = {
    Migration{.version = 1, .name = "create_tables", .up = Text(kUp1), .down = Text(kDown1)},
    Migration{.version = 2, .name = "append_batch", .up = Text(kUp2), .down = Text(kDown2)},
    Migration{.version = 3, .name = "create_search_index", .up = Text(kUp3), .down = Text(kDown3)},
};

}  // namespace

std::span<const Migration> PostgresMigrations() { return kMigrations; }

}  // namespace chat
