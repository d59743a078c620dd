#include "secrets/envelope.hpp"

#include <doctest/doctest.h>

namespace ks {

TEST_CASE("a sealed value opens only for the row, the tenant and the key it was made for") {
  SeededRandom random(1);
  const ManualClock clock;
  const Envelope envelope(std::string(32, 'k'));
  const auto client = platform_client();
  const auto org = OrgId::make(clock, random);
  const auto other_org = OrgId::make(clock, random);
  const std::string key = envelope.new_key(random, client, org);
  const std::string other_key = envelope.new_key(random, client, other_org);

  const auto sealed = envelope.seal(random, key, client, org, "deployment/1/PASSWORD", "hunter22");
  REQUIRE(sealed);
  CHECK(sealed->find("hunter") == std::string::npos);
  CHECK(envelope.open(key, client, org, "deployment/1/PASSWORD", *sealed).value() == "hunter22");

  CHECK_FALSE(envelope.open(key, client, org, "deployment/2/PASSWORD", *sealed));
  CHECK_FALSE(envelope.open(other_key, client, other_org, "deployment/1/PASSWORD", *sealed));
  CHECK_FALSE(envelope.open(key, client, other_org, "deployment/1/PASSWORD", *sealed));
  CHECK_FALSE(
      Envelope(std::string(32, 'x')).open(key, client, org, "deployment/1/PASSWORD", *sealed));
  std::string changed = *sealed;
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  CHECK_FALSE(envelope.open(key, client, org, "deployment/1/PASSWORD", changed));
}

TEST_CASE("the same value sealed twice gives two texts") {
  SeededRandom random(2);
  const ManualClock clock;
  const Envelope envelope(std::string(32, 'k'));
  const auto org = OrgId::make(clock, random);
  const std::string key = envelope.new_key(random, platform_client(), org);
  const auto a = envelope.seal(random, key, platform_client(), org, "p", "v");
  const auto b = envelope.seal(random, key, platform_client(), org, "p", "v");
  REQUIRE(a);
  REQUIRE(b);
  CHECK(*a != *b);
}

TEST_CASE("what is sealed for a client opens for that client, that row and that key only") {
  SeededRandom random(1);
  const ManualClock clock;
  const Envelope envelope(std::string(32, 'k'));
  const auto client = platform_client();
  const auto other = ClientId::make(clock, random);
  const std::string sealed = envelope.seal_for(random, client, "mail/1", "hunter22");
  CHECK(sealed.find("hunter") == std::string::npos);
  CHECK(envelope.open_for(client, "mail/1", sealed).value() == "hunter22");
  CHECK_FALSE(envelope.open_for(client, "mail/2", sealed));
  CHECK_FALSE(envelope.open_for(other, "mail/1", sealed));
  CHECK_FALSE(Envelope(std::string(32, 'x')).open_for(client, "mail/1", sealed));
  CHECK_FALSE(envelope.seal_for(random, client, "mail/1", "hunter22") == sealed);
}

}  // namespace ks
