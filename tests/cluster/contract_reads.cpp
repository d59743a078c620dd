#include <set>
#include <thread>

#include "tests/cluster/contract_world.hpp"

namespace ks::contract {

namespace {

Json labelled(const std::string& ns, const std::string& name, const char* tier) {
  Json o = config(ns, name, {{"k", "1"}});
  o["metadata"].set("labels", Json::object({{"contract", "yes"}, {"tier", tier}}));
  return o;
}

std::set<std::string> names(const ListPage& page) {
  std::set<std::string> out;
  for (const Json& o : page.items) out.emplace(o.text("metadata", "name"));
  return out;
}

}  // namespace

TEST_CASE("label selectors select by equality, set and presence") {
  KS_WORLD(w);
  w.apply(kConfigMap, labelled(w.ns, "a", "web"));
  w.apply(kConfigMap, labelled(w.ns, "b", "db"));
  w.apply(kConfigMap, config(w.ns, "c", {}));
  const auto select = [&](const char* selector) {
    auto page = w.cluster().list(kConfigMap, {.ns = w.ns, .label_selector = selector});
    REQUIRE(page.has_value());
    auto found = names(*page);
    found.erase("kube-root-ca.crt");
    return found;
  };
  using Names = std::set<std::string>;
  CHECK(select("") == Names{"a", "b", "c"});
  CHECK(select("tier=web") == Names{"a"});
  CHECK(select("tier!=web") == Names{"b", "c"});
  CHECK(select("tier in (web, db)") == Names{"a", "b"});
  CHECK(select("tier notin (web)") == Names{"b", "c"});
  CHECK(select("contract,tier==db") == Names{"b"});
  CHECK(select("!contract") == Names{"c"});
  CHECK(status_of(w.cluster().list(kConfigMap, {.ns = w.ns, .label_selector = "a in"})) == 400);
}

TEST_CASE("a list comes in pages that together are one moment") {
  KS_WORLD(w);
  for (const char* name : {"a", "b", "c", "d", "e"})
    w.apply(kConfigMap, labelled(w.ns, name, "web"));
  ListOptions options{.ns = w.ns, .label_selector = "contract=yes", .limit = 2};
  std::set<std::string> seen;
  std::string version;
  int pages = 0;
  do {
    const auto page = w.cluster().list(kConfigMap, options);
    REQUIRE(page.has_value());
    CHECK(page->items.size() <= 2);
    for (const Json& o : page->items) {
      CHECK(o.text("kind") == "ConfigMap");
      CHECK(o.text("apiVersion") == "v1");
      CHECK(managers_of(o) == std::set<std::string>{"contract Apply"});
      CHECK(seen.emplace(o.text("metadata", "name")).second);
    }
    if (pages++ == 0) {
      version = page->resource_version;
      // Neither of these is part of the list that is being read.
      w.apply(kConfigMap, labelled(w.ns, "dd", "web"));
      REQUIRE(w.cluster().remove({kConfigMap, w.ns, "e"}, {}).has_value());
    }
    CHECK(page->resource_version == version);
    options.continue_token = page->continue_token;
  } while (!options.continue_token.empty());
  CHECK(pages == 3);
  CHECK(seen == std::set<std::string>{"a", "b", "c", "d", "e"});
}

TEST_CASE("a page that is too long for one answer comes with fewer objects, and all come") {
  KS_WORLD(w);
  const std::string value(kAnswerBytesMax / 5 * 2, 'x');
  std::set<std::string> wanted;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    Json o = labelled(w.ns, name, "web");
    o["data"].set("k", value);
    w.apply(kConfigMap, o);
    wanted.emplace(name);
  }
  ListOptions options{.ns = w.ns, .label_selector = "contract=yes", .limit = 500};
  std::set<std::string> seen;
  do {
    const auto page = w.cluster().list(kConfigMap, options);
    if (!page) FAIL("list: " << page.error().status << " " << page.error().reason);
    CHECK(page->items.size() <= 2);
    for (const Json& o : page->items) CHECK(seen.emplace(o.text("metadata", "name")).second);
    options.continue_token = page->continue_token;
  } while (!options.continue_token.empty());
  CHECK(seen == wanted);
}

TEST_CASE("a continue token that is not one is refused") {
  KS_WORLD(w);
  const auto page =
      w.cluster().list(kConfigMap, {.ns = w.ns, .limit = 1, .continue_token = "bogus"});
  CHECK(status_of(page) == 400);
}

TEST_CASE("a watch tells every change in order and once") {
  KS_WORLD(w);
  const auto page = w.cluster().list(kConfigMap, {.ns = w.ns});
  REQUIRE(page.has_value());
  auto watch =
      w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = page->resource_version});
  REQUIRE(watch.has_value());
  const Json one = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  const Json two = w.apply(kConfigMap, config(w.ns, "a", {{"k", "2"}}));
  REQUIRE(w.cluster().remove({kConfigMap, w.ns, "a"}, {}).has_value());
  const WatchEvent added = w.next(**watch);
  CHECK(added.type == WatchEvent::Type::added);
  CHECK(version_of(added.object) == version_of(one));
  CHECK(added.object.text("kind") == "ConfigMap");
  CHECK(managers_of(added.object) == std::set<std::string>{"contract Apply"});
  const WatchEvent modified = w.next(**watch);
  CHECK(modified.type == WatchEvent::Type::modified);
  CHECK(version_of(modified.object) == version_of(two));
  const WatchEvent deleted = w.next(**watch);
  CHECK(deleted.type == WatchEvent::Type::deleted);
  CHECK(version_of(deleted.object) != version_of(two));
}

TEST_CASE("a watch resumes from the last version that was seen") {
  KS_WORLD(w);
  const Json one = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  const Json two = w.apply(kConfigMap, config(w.ns, "b", {{"k", "1"}}));
  w.apply(kConfigMap, config(w.ns, "c", {{"k", "1"}}));
  auto watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = version_of(one)});
  REQUIRE(watch.has_value());
  CHECK(w.next(**watch).object.text("metadata", "name") == "b");
  watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = version_of(two)});
  REQUIRE(watch.has_value());
  CHECK(w.next(**watch).object.text("metadata", "name") == "c");
}

TEST_CASE("a watch without a version begins with what is there") {
  KS_WORLD(w);
  w.apply(kConfigMap, labelled(w.ns, "a", "web"));
  auto watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .label_selector = "tier=web"});
  REQUIRE(watch.has_value());
  const WatchEvent event = w.next(**watch);
  CHECK(event.type == WatchEvent::Type::added);
  CHECK(event.object.text("metadata", "name") == "a");
}

TEST_CASE("an object that comes to match a watch's selector is added, one that ceases is deleted") {
  KS_WORLD(w);
  const Json before = w.apply(kConfigMap, labelled(w.ns, "a", "db"));
  auto watch = w.cluster().watch(
      kConfigMap,
      {.ns = w.ns, .label_selector = "tier=web", .resource_version = version_of(before)});
  REQUIRE(watch.has_value());
  w.apply(kConfigMap, labelled(w.ns, "a", "web"));
  w.apply(kConfigMap, labelled(w.ns, "a", "db"));
  CHECK(w.next(**watch).type == WatchEvent::Type::added);
  CHECK(w.next(**watch).type == WatchEvent::Type::deleted);
}

TEST_CASE("a watch that waits can be woken, by another thread and before it waits") {
  KS_WORLD(w);
  const Json made = w.apply(kConfigMap, config(w.ns, "a", {}));
  const auto watch =
      w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = version_of(made)});
  REQUIRE(watch.has_value());
  const SystemClock clock;
  const Time began = clock.monotonic();
  std::thread other([&] { (*watch)->wake(); });
  // A bookmark may come in between.
  for (;;) {
    const auto event = (*watch)->next(minutes(10));
    if (!event) FAIL("watch: " << event.error().reason << " " << event.error().message);
    if (!*event) break;
  }
  other.join();
  (*watch)->wake();
  for (;;) {
    const auto event = (*watch)->next(minutes(10));
    if (!event) FAIL("watch: " << event.error().reason << " " << event.error().message);
    if (!*event) break;
  }
  CHECK(clock.monotonic() - began < minutes(5));
  w.apply(kConfigMap, config(w.ns, "b", {}));
  CHECK(w.next(**watch).object.text("metadata", "name") == "b");
}

TEST_CASE("an idle watch gets a bookmark that it can resume from") {
  KS_WORLD(w);
  const Json made = w.apply(kConfigMap, config(w.ns, "a", {}));
  auto watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = version_of(made)});
  REQUIRE(watch.has_value());
  // A real server tells of progress only when there is some: here, another namespace's objects.
  const World elsewhere;
  std::string version;
  REQUIRE(w.on->until([&] {
    const auto event = (*watch)->next(milliseconds(20));
    if (!event) FAIL("watch: " << event.error().reason << " " << event.error().message);
    if (*event && (*event)->type == WatchEvent::Type::bookmark)
      version = version_of((*event)->object);
    return !version.empty();
  }));
  w.apply(kConfigMap, config(w.ns, "b", {}));
  watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = version});
  REQUIRE(watch.has_value());
  CHECK(w.next(**watch).object.text("metadata", "name") == "b");
}

TEST_CASE("a watch from a version that is forgotten gets 410") {
  KS_WORLD(w);
  w.apply(kConfigMap, config(w.ns, "a", {}));
  if (!w.on->forget_past()) return;
  auto watch = w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = "1"});
  KubeError error;
  if (!watch) {
    error = watch.error();
  } else {
    REQUIRE(w.on->until([&] {
      auto event = (*watch)->next(milliseconds(20));
      if (!event) error = event.error();
      return !event.has_value();
    }));
  }
  CHECK(error.is_expired());
}

TEST_CASE("a watch from what is no version fails at once") {
  KS_WORLD(w);
  CHECK_FALSE(w.cluster().watch(kConfigMap, {.ns = w.ns, .resource_version = "bogus"}).has_value());
}

TEST_CASE("what is not there is 404") {
  KS_WORLD(w);
  const auto result = w.cluster().get({kConfigMap, w.ns, "nobody"});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().is_not_found());
  CHECK(result.error().reason == "NotFound");
  CHECK(status_of(w.cluster().remove({kConfigMap, w.ns, "nobody"}, {})) == 404);
}

}  // namespace ks::contract
