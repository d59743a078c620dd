// Tries by where they come from, of somebody who has more than one network.
#include <array>
#include <functional>
#include <initializer_list>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "identity/invitation_tries.hpp"
#include "identity/network.hpp"
#include "tests/accounts/world.hpp"

namespace ks::test {

namespace {

std::string in_site(int site, int network) {
  return fmt::format("2001:db8:{:x}:{:x}::1", site, network);
}

// How many of so many tries, each from another network of the site, are let through.
int let_through(int site, int tries, const std::function<std::string(const std::string&)>& act) {
  int passed = 0;
  for (int i = 1; i <= tries; ++i) passed += act(in_site(site, i)) != "too_many_requests" ? 1 : 0;
  return passed;
}

}  // namespace

TEST_CASE("an IPv6 address has a network and a site, any other only itself") {
  for (const auto& [address, network, site] : std::initializer_list<std::array<std::string, 3>>{
           {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"},
           {"::1", "::/64", "::/48"},
           {"192.0.2.1", "192.0.2.1", ""},
           {"::ffff:192.0.2.1", "192.0.2.1", ""},
           {"unix", "unix", ""},
           {"", "", ""}}) {
    CAPTURE(address);
    CHECK(network_of(address) == network);
    CHECK(site_of(address) == site);
  }
}

TEST_CASE("tries at tokens from all networks of a site are as many as from 16 of them") {
  for_each_engine([](EngineCase& engine) {
    AccountWorld world(engine);
    const InvitationTries tries(world.db, world.store, world.clock,
                                {std::string(32, 'k'), {3, minutes(15), RateBound::Ends::fixed}});
    const auto check = [&](const std::string& address, bool right) {
      return problem(
          tries.check(platform(), *from(address), [&](Tx&) -> Result<bool> { return right; }));
    };
    const auto wrong = [&](const std::string& address) { return check(address, false); };
    // Right ones cost nothing, and one network no more than what it may itself.
    CHECK(let_through(1, 60, [&](const std::string& address) { return check(address, true); }) ==
          60);
    for (int i = 0; i < 20; ++i)
      CHECK(wrong(in_site(1, 0xffff)) == (i < 3 ? "not_found" : "too_many_requests"));
    CHECK(let_through(1, 60, wrong) == 45);
    CHECK(check(in_site(1, 0x999), true) == "too_many_requests");
    CHECK(wrong(in_site(2, 1)) == "not_found");
    world.clock.advance(minutes(15));
    CHECK(wrong(in_site(1, 0x999)) == "not_found");
  });
}

TEST_CASE("logins, sign-ups and mails that are asked for are bounded by site") {
  for_each_engine([](EngineCase& engine) {
    const RateBound one{1, hours(1), RateBound::Ends::fixed};
    AccountWorld world(engine, SignUpMode::open, mail::Switch::on,
                       {.login_per_address = one, .sign_up_per_address = one});
    world.somebody("ann@example.com");
    int number = 0;
    const auto stranger = [&] { return fmt::format("p{}@example.com", ++number); };
    const auto login = [&](const std::string& address) {
      return problem(world.login(stranger(), kPassword, address));
    };
    // Who signs in takes nothing from others.
    CHECK(let_through(1, 20, [&](const std::string& address) {
            return problem(world.login("ann@example.com", kPassword, address));
          }) == 20);
    CHECK(let_through(1, 20, login) == 16);
    CHECK(login(in_site(2, 1)) == "invalid_credentials");
    CHECK(let_through(3, 20, [&](const std::string& address) {
            return problem(world.accounts.sign_up(platform(), {stranger(), kPassword, "Ann"},
                                                  from(address), world.founding(), std::nullopt));
          }) == 16);
    // 30 from one network.
    CHECK(let_through(4, 490, [&](const std::string& address) {
            return problem(world.forgot(stranger(), address));
          }) == 480);
  });
}

}  // namespace ks::test
