#include "operator/engine/cache.hpp"

#include <doctest/doctest.h>

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

Json limits(const char* uid, const char* version) {
  return Json::object({{"metadata", Json::object({{"name", "limits"},
                                                  {"namespace", "sandbox-a"},
                                                  {"uid", uid},
                                                  {"resourceVersion", version}})}});
}

}  // namespace

TEST_CASE("a late event of what stood under the name before does not hide what stands there now") {
  const kube::Ref there{kinds::kLimitRange, "sandbox-a", "limits"};
  Cache cache([](const kube::Kind&, const Json*, const Json*) {});
  cache.put_event(kinds::kLimitRange, limits("before", "5"));
  cache.put_answer(kinds::kLimitRange, limits("now", "9"));
  cache.put_event(kinds::kLimitRange, limits("before", "7"));
  CHECK(cache.find(there).uid() == "now");
  cache.remove_event(kinds::kLimitRange, limits("before", "8"));
  CHECK(cache.find(there).uid() == "now");
  // Nor does a list that was begun before it was made.
  cache.replace(kinds::kLimitRange, {limits("before", "7")}, "8");
  CHECK(cache.find(there).uid() == "now");
  cache.remove_event(kinds::kLimitRange, limits("now", "10"));
  CHECK_FALSE(cache.find(there));
}

TEST_CASE("what was to be removed and is in a later list is there, and not on its way out") {
  const kube::Ref there{kinds::kLimitRange, "sandbox-a", "limits"};
  Cache cache([](const kube::Kind&, const Json*, const Json*) {});
  cache.put_event(kinds::kLimitRange, limits("one", "5"));
  cache.mark_ending(there, "one");
  CHECK(cache.find(there).terminating());
  cache.put_event(kinds::kLimitRange, limits("one", "5"));
  CHECK(cache.find(there).terminating());
  cache.replace(kinds::kLimitRange, {limits("one", "5")}, "9");
  CHECK_FALSE(cache.find(there).terminating());
}

}  // namespace ks::op
