#include "sync/strayed.hpp"

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::sync;

namespace {
Json sandbox(const char* claim, const char* status, const char* label = "a") {
  return Json::object(
      {{"metadata", Json::object({{"labels", Json::object({{"l", label}})}, {"generation", 1}})},
       {"spec", Json::object({{"claim", claim}})},
       {"status", Json::object({{"s", status}})}});
}
}  // namespace

TEST_CASE("a status makes no sandbox a new one, another spec or label does") {
  Strayed strayed;
  CHECK(strayed.is_new("x", sandbox("c", "1")));
  strayed.looked_at("x", sandbox("c", "1"));
  CHECK_FALSE(strayed.is_new("x", sandbox("c", "2")));
  CHECK(strayed.is_new("y", sandbox("c", "1")));
  CHECK(strayed.is_new("x", sandbox("d", "1")));
  CHECK(strayed.is_new("x", sandbox("c", "1", "b")));
  strayed.forget("x");
  CHECK(strayed.is_new("x", sandbox("c", "1")));
}

TEST_CASE("a sandbox that strays again and again is put right at once, then ever later") {
  Strayed strayed;
  Time now{seconds(1'000'000).us};
  CHECK(strayed.due("x", now) == now);
  strayed.count("x", now);
  CHECK(strayed.due("x", now) == now + seconds(1));
  // Whatever was asked in between; another's counts for itself.
  CHECK(strayed.due("x", now) == now + seconds(1));
  CHECK(strayed.due("y", now) == now);
  strayed.count("x", now);
  now = now + seconds(1);
  CHECK(strayed.due("x", now) == now + seconds(2));
  for (int i = 0; i < 40; ++i) {
    now = strayed.due("x", now);
    strayed.count("x", now);
  }
  CHECK(strayed.due("x", now) == now + Strayed::kPauseMax);
  CHECK(strayed.due("x", now + Strayed::kCalm) == now + Strayed::kCalm);
  now = now + Strayed::kCalm + seconds(1);
  strayed.count("x", now);
  CHECK(strayed.due("x", now) == now + seconds(1));
}
