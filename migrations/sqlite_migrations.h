// The schema of the embedded store, step by step. Applied by server/sqlite when it opens its file.
#pragma once

#include <span>

#include "migrations/migration.h"

namespace chat {

// Ascending by version, from 1, without holes.
std::span<const Migration> SqliteMigrations();

}  // namespace chat
