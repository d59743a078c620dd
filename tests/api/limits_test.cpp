#include "api/admission/limits.hpp"

#include <atomic>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;
using ks::api::RequestLimits;

namespace {

int number_in(const std::string& field, const std::string& name) {
  const std::size_t at = field.find(";" + name + "=");
  REQUIRE(at != std::string::npos);
  return std::stoi(field.substr(at + name.size() + 2));
}

// How many of these requests are let through.
template <class Send>
int let_through(int tries, const Send& send) {
  int passed = 0;
  for (int i = 0; i < tries; ++i) passed += send().status != 429;
  return passed;
}

// A window is a minute, so that a slow machine gives one back in the course of a test.
void check_about(int passed, int quota) {
  CHECK(passed >= quota);
  CHECK(passed <= quota + quota / 2);
}

ServerOptions small_quotas() {
  ServerOptions options;
  options.settings = {{"RATE_LIMIT_READS", "20"},
                      {"RATE_LIMIT_WRITES", "8"},
                      {"RATE_LIMIT_ADDRESS_READS", "20"},
                      {"RATE_LIMIT_ADDRESS_WRITES", "8"}};
  return options;
}

// Runs on, and can be put forward.
class ForwardClock final : public Clock {
 public:
  Time now() const override { return system_.now() + Duration{ahead_us_}; }
  Time monotonic() const override { return system_.monotonic() + Duration{ahead_us_}; }
  void advance(Duration d) { ahead_us_ += d.us; }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> ahead_us_{0};
};

}  // namespace

TEST_CASE("a person's requests are bounded, reads apart from writes and from other people's") {
  Server server(small_quotas());
  Person ann = server.somebody("Ann");
  Person bob = server.somebody("Bob");
  const Reply first = ann.get("/api/v1/me");
  CHECK(first.header("ratelimit-policy") == "\"read\";q=20;w=60");
  CHECK(number_in(*first.header("ratelimit"), "r") <= 18);

  check_about(2 + let_through(60, [&] { return ann.get("/api/v1/me"); }), 20);
  const Reply refused = ann.get("/api/v1/me");
  REQUIRE(refused.status == 429);
  CHECK(refused.json().text("code") == "too_many_requests");
  CHECK(std::stoi(refused.header("retry-after").value_or("0")) >= 1);
  CHECK(number_in(*refused.header("ratelimit"), "r") == 0);

  const auto write = [&] { return ann.patch(ann.org_path(), Json::object({{"name", "New"}})); };
  CHECK(write().header("ratelimit-policy") == "\"write\";q=8;w=60");
  check_about(1 + let_through(30, write), 8);
  CHECK(bob.get("/api/v1/me").status == 200);
  CHECK(bob.patch(bob.org_path(), Json::object({{"name", "New"}})).status == 200);
}

TEST_CASE("another session of the same person has no quota of its own") {
  Server server(small_quotas());
  Person ann = server.somebody("Ann");
  Person again = server.nobody();
  REQUIRE(
      again
          .post("/api/v1/auth/login", Json::object({{"email", ann.email}, {"password", kPassword}}))
          .status == 200);
  check_about(1 + let_through(60, [&] { return ann.get("/api/v1/me"); }), 20);
  CHECK(again.get("/api/v1/me").status == 429);
  CHECK(again.get("/api/v1/orgs/" + ann.org + "/stream").status == 429);
}

TEST_CASE("requests of nobody are bounded by network address, tokens that nobody has among them") {
  Server server(small_quotas());
  Person nobody = server.nobody();
  const auto from = [&](const std::string& address, const std::string& cookie = "") {
    Fields fields{{"X-Forwarded-For", address}};
    if (!cookie.empty()) fields.emplace_back("Cookie", cookie);
    return nobody.get("/api/v1/me", fields);
  };
  check_about(let_through(60, [&] { return from("192.0.2.1"); }), 20);
  CHECK(from("192.0.2.1").status == 429);
  CHECK(from("192.0.2.1", "session=made-up").status == 429);
  CHECK(from("192.0.2.2").status == 401);

  // The 2^64 addresses of one IPv6 network are one; its neighbour is another.
  int host = 0;
  check_about(let_through(60,
                          [&] {
                            const std::string number = std::to_string(++host);
                            return from("2001:db8:0:1::" + number, "session=made-up" + number);
                          }),
              20);
  CHECK(from("2001:db8:0:1:ffff::1").status == 429);
  CHECK(from("2001:db8:0:2::1").status == 401);
  // Somebody who is signed in is counted as that.
  Person ann = server.somebody("Ann");
  REQUIRE(ann.get("/api/v1/me").status == 200);
  CHECK(ann.get("/api/v1/me", {{"X-Forwarded-For", "192.0.2.1"}}).status == 200);
}

TEST_CASE("the 65,536 networks of one site share the budget of a few, and no other site does") {
  SystemRandom random;
  RequestLimits limits({.address_reads = 10, .address_writes = 3}, random);
  const Time now = SystemClock().monotonic();
  const auto read = [&](const std::string& address) {
    return limits.address(RequestLimits::Kind::read, address, now).allowed;
  };
  const auto from_networks = [&](const std::string& site) {
    int passed = 0;
    for (int i = 0; i < 500; ++i)
      passed += read(fmt::format("{}:{:x}::1", site, 0x4000 + i)) ? 1 : 0;
    return passed;
  };
  // Who floods from one network takes no more of the site's than that network may.
  for (int i = 0; i < 500; ++i) read("2001:db8:1:ffff::1");
  CHECK(from_networks("2001:db8:1") == 150);
  CHECK_FALSE(read("2001:db8:1:9999::1"));
  CHECK(read("2001:db8:2:4000::1"));
  // Writes are apart, and what is left is of the narrower of the two.
  const auto write = limits.address(RequestLimits::Kind::write, "2001:db8:1:4000::1", now);
  CHECK(write.allowed);
  CHECK(write.remaining == 2);
  // An IPv4 address is somebody's whole site.
  int passed = 0;
  for (int i = 0; i < 250; ++i)
    for (const char* net : {"192.0.2.", "::ffff:198.51.100."})
      passed += read(net + std::to_string(i)) ? 1 : 0;
  CHECK(passed == 500);
}

TEST_CASE("pages for anyone are counted by network address, and the probes are not") {
  Server server(small_quotas());
  Person stranger = server.nobody();
  check_about(let_through(60, [&] { return stranger.get("/openapi.json"); }), 20);
  for (const char* page : {"/", "/docs/api", "/docs/api.css", "/setup", "/problems/x"})
    CHECK(stranger.get(page).status == 429);
  CHECK(let_through(60, [&] { return stranger.get("/healthz"); }) == 60);
  CHECK(server.nobody().get("/docs/api").status == 200);
}

TEST_CASE("what no route takes counts like everything else, by person or by network address") {
  Server server(small_quotas());
  Person ann = server.somebody("Ann");
  REQUIRE(ann.get("/api/v1/me").status == 200);
  const auto counted = [](const Reply& reply, int status) {
    CHECK(reply.status == status);
    CHECK(reply.header("ratelimit-policy"));
    CHECK(reply.header("ratelimit"));
  };
  counted(ann.get("/api/v1/nothing"), 404);
  counted(ann.put("/api/v1/me", Json::object()), 405);
  counted(ann.call({"OPTIONS", "/api/v1/me", {}, ""}), 204);
  counted(server.nobody().get("/api/nothing"), 404);
  counted(server.nobody().get("/nothing"), 200);  // A page says that there is nothing.
  counted(server.nobody().get("/api/v1/me", {{"Host", "elsewhere.example.com"}}), 404);

  check_about(4 + let_through(60, [&] { return ann.get("/api/v1/nothing"); }), 20);
  CHECK(ann.get("/api/v1/me").status == 429);
  Person stranger = server.nobody();
  check_about(let_through(60, [&] { return stranger.get("/nothing"); }), 20);
  CHECK(stranger.get("/openapi.json").status == 429);
  Person lost = server.nobody();
  const auto elsewhere = [&] {
    return lost.get("/api/v1/me", {{"Host", "elsewhere.example.com"}});
  };
  check_about(let_through(60, elsewhere), 20);
  CHECK(server.nobody().get("/api/nothing").status == 404);
}

TEST_CASE("an address that nobody vouches for is not believed by the limits") {
  ServerOptions options = small_quotas();
  options.settings["TRUSTED_PROXIES"] = "";
  Server server(options);
  Person nobody = server.nobody();
  int host = 0;
  // The contract was read from there.
  check_about(1 + let_through(60,
                              [&] {
                                return nobody.get(
                                    "/api/v1/me",
                                    {{"X-Forwarded-For", "192.0.2." + std::to_string(++host)}});
                              }),
              20);
}

TEST_CASE("a stranger at the same address does not shut out whose session was idle for minutes") {
  ForwardClock clock;
  ServerOptions options = small_quotas();
  options.clock = &clock;
  Server server(options);
  Person ann = server.somebody("Ann");
  Person bob = server.somebody("Bob");
  REQUIRE(ann.get("/api/v1/me").status == 200);
  REQUIRE(bob.get("/api/v1/me").status == 200);
  // Past the time after which the use of a session is written down again.
  clock.advance(minutes(6));
  Person stranger = server.nobody();
  const Fields there{{"X-Forwarded-For", "192.0.2.7"}, {"Cookie", "session=made-up"}};
  const Json name = Json::object({{"name", "New"}});
  while (stranger.get("/api/v1/me", there).status != 429) continue;
  while (stranger.patch("/api/v1/orgs/none", name, there).status != 429) continue;
  const Fields beside{{"X-Forwarded-For", "192.0.2.7"}};
  CHECK(ann.get("/api/v1/me", beside).status == 200);
  CHECK(bob.patch(bob.org_path(), name, beside).status == 200);
}

TEST_CASE("a request that invites many counts as many, and can be paid whatever the quota is") {
  ForwardClock clock;
  ServerOptions options = small_quotas();
  options.clock = &clock;
  Server server(options);
  Person ann = server.somebody("Ann");
  const auto invite = [&](int rows) {
    Json many = Json::array();
    for (int i = 0; i < rows; ++i) many.push(Json::object({{"email", "no address"}}));
    return ann.post(ann.org_path() + "/invitations", Json::object({{"invitations", many}}));
  };
  const auto rename = [&] { return ann.patch(ann.org_path(), Json::object({{"name", "New"}})); };
  const Reply paid = invite(7);
  REQUIRE(paid.status == 200);
  CHECK(number_in(*paid.header("ratelimit"), "r") <= 2);
  CHECK(let_through(8, rename) <= 4);
  const Reply refused = invite(7);
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after"));
  for (int i = 0; i < 2; ++i) {
    clock.advance(minutes(1));
    CHECK(invite(100).status == 200);
    CHECK(let_through(8, rename) <= 4);
  }
}
