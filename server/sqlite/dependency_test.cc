#include "server/sqlite/dependency.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <optional>

#include "server/ports/dependency.h"
#include "server/sqlite/connection.h"
#include "server/sqlite/database_fixture.h"

namespace chat::sqlite {
namespace {

class DependencyTest : public DatabaseFixture {
 protected:
  void SetUp() override { Open(Options()); }

  DependencyState Check() {
    std::optional<DependencyState> state;
    Dependency dependency(database(), executor());
    dependency.Check([&](DependencyState answer) { state = std::move(answer); });
    EXPECT_TRUE(executor().RunUntil([&] { return state.has_value(); }));
    return state ? *std::move(state) : DependencyState();
  }
};

TEST_F(DependencyTest, IsReadyWhenTheStoreReadsAndWrites) {
  const DependencyState state = Check();

  EXPECT_EQ(state.name, "sqlite");
  EXPECT_TRUE(state.ready);
  EXPECT_EQ(state.detail, "");
}

TEST_F(DependencyTest, SaysWhyTheStoreCannotWriteAndNoticesWhenItCanAgain) {
  // The first commit stores the floor of the ids, so that the second need not.
  ASSERT_TRUE(Write([](WriteTransaction&) {}));
  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute(
        "CREATE TRIGGER no_space BEFORE UPDATE ON nodes "
        "BEGIN SELECT RAISE(ABORT, 'no space'); END");
  }));

  const DependencyState state = Check();

  EXPECT_FALSE(state.ready);
  EXPECT_EQ(state.detail, "The store cannot be written: no space.");
  ASSERT_TRUE(Write([](WriteTransaction& transaction) {
    transaction.connection.Execute("DROP TRIGGER no_space");
  }));
  EXPECT_TRUE(Check().ready);
}

TEST_F(DependencyTest, AnswersAlsoWhenTheWriterHangs) {
  auto release = std::make_shared<std::latch>(1);
  StartWrite([release](WriteTransaction&) { release->wait(); }, [](Result<void, ReadError>) {});

  const DependencyState state = Check();

  EXPECT_FALSE(state.ready);
  EXPECT_EQ(state.detail, "The store does not answer writes.");
  release->count_down();
  EXPECT_TRUE(Check().ready);
}

TEST_F(DependencyTest, IsNotReadyOnceStopped) {
  database().Stop();

  EXPECT_FALSE(Check().ready);
}

}  // namespace
}  // namespace chat::sqlite
