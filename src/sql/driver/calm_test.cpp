#include "sql/driver/calm.hpp"

#include <doctest/doctest.h>

namespace ks::sql {

namespace {

// How many reads go by without a question until the next one is asked.
int silent(Calm& calm) {
  int reads = 0;
  while (!calm.ask()) ++reads;
  return reads;
}

// A row of answers that a commit broke, as many as make it pause.
void storm(Calm& calm) {
  for (int i = 0; i < 8; ++i) {
    CHECK(silent(calm) == 0);
    calm.tell(false);
  }
}

}  // namespace

TEST_CASE("as long as answers hold each read asks") {
  Calm calm;
  for (int i = 0; i < 10'000; ++i) {
    CHECK(silent(calm) == 0);
    calm.tell(i % 8 == 0);  // Seven broken in a row are no storm.
  }
}

TEST_CASE("where commits come faster than reads, pauses double up to a limit") {
  Calm calm;
  for (const int pause : {64, 128, 256, 512, 1024, 2048, 4096, 4096}) {
    storm(calm);
    CHECK(silent(calm) == pause);
  }
}

TEST_CASE("one answer that holds makes the next pause short again") {
  Calm calm;
  storm(calm);
  CHECK(silent(calm) == 64);
  storm(calm);
  CHECK(silent(calm) == 128);
  calm.tell(true);
  storm(calm);
  CHECK(silent(calm) == 64);
}

}  // namespace ks::sql
