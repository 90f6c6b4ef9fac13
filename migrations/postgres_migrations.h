// The schema of the store that nodes share, step by step. Applied by server/postgres when it opens.
#pragma once

#include <span>

#include "migrations/migration.h"

namespace chat {

// Ascending by version, from 1, without holes.
std::span<const Migration> PostgresMigrations();

}  // namespace chat
