// Databases for tests: one private PostgreSQL for the whole test program, and in it a new database
// with the schema for whoever asks.
#pragma once

#include <string>

namespace chat::contracts {

enum class Contents {
  kSchema,   // as a server that starts makes it
  kNothing,  // not even that
};

// Thread: one. Lifetime: a test's; its end drops the database.
class FreshDatabase {
 public:
  explicit FreshDatabase(Contents contents = Contents::kSchema);
  ~FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  // For libpq.
  std::string url() const;

 private:
  std::string name_;
};

}  // namespace chat::contracts
