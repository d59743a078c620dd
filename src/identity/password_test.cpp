#include "identity/password.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "embedded/common_passwords.hpp"

namespace ks {

namespace {
SystemRandom random_source;

std::string fault_of(std::string_view password) {
  const auto ok = check_password(password);
  return ok ? "" : ok.error().message;
}
}  // namespace

TEST_CASE("a password has at least 12 characters, counted as people count them") {
  CHECK(fault_of("kurzundknap").find("at least 12") != std::string::npos);
  CHECK(fault_of("lavender-quay").empty());
  // Twelve letters in 24 bytes pass, eleven in 22 do not.
  CHECK(fault_of("жжабвгдежзик").empty());
  CHECK(fault_of("жжабвгдежзи").find("at least 12") != std::string::npos);
}

TEST_CASE("a password has at most 1024 bytes and is UTF-8") {
  std::string long_one;
  while (long_one.size() < kPasswordMax) long_one += "lavender";
  CHECK(fault_of(long_one).empty());
  CHECK(fault_of(long_one + "x").find("at most 1024") != std::string::npos);
  CHECK(fault_of("lavender-\xff-quay").find("UTF-8") != std::string::npos);
}

TEST_CASE("common passwords are refused in every case of letters") {
  for (const char* common : {"password1234", "PassWord1234", "qwertyuiop123", "1q2w3e4r5t6y",
                             "123456789012", "letmeinletmein", "P@SSW0RDP@SSW0RD", "aaaaaaaaaaaa",
                             "liverpool2019", "correct horse battery staple", "sunshine1234"})
    CHECK_MESSAGE(fault_of(common).find("common") != std::string::npos, common);
}

TEST_CASE("one character over and over is refused, and so is the account's own address") {
  for (const char* bad : {"                ", "ŋŋŋŋŋŋŋŋŋŋŋŋ", "%%%%%%%%%%%%%%%%%%%%"})
    CHECK_MESSAGE(fault_of(bad).find("over and over") != std::string::npos, bad);
  CHECK(fault_of("ŋŋŋŋŋŋŋŋŋŋŋn").empty());
  const auto own = [](std::string_view password) {
    const auto ok = check_password(password, "Ann.Of.Green.Gables@example.com");
    return ok ? std::string() : ok.error().message;
  };
  for (const char* bad : {"ann.of.green.gables@example.com", "Ann.Of.Green.Gables@Example.com",
                          "ANN.OF.GREEN.GABLES"})
    CHECK_MESSAGE(own(bad) == "must not be the account's address", bad);
  CHECK(own("ann.of.green.gable").empty());
  CHECK(own("example.com is ann's").empty());
}

TEST_CASE("the list of common passwords has at least 10,000 of the length that is allowed") {
  std::size_t rows = 0;
  for (const auto& file : embedded::common_passwords())
    for (std::size_t start = 0; start < file.text.size();) {
      const std::size_t end = file.text.find('\n', start);
      REQUIRE(end != std::string_view::npos);
      CHECK(end - start >= kPasswordMin);
      ++rows;
      start = end + 1;
    }
  CHECK(rows >= 10'000);
}

TEST_CASE("a hash verifies its password and no other") {
  PasswordHasher hasher(random_source, {}, 1, 8);
  const auto stored = hasher.hash("lavender quay 7");
  REQUIRE(stored);
  CHECK(stored->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(hasher.verify("lavender quay 7", *stored).value());
  CHECK_FALSE(hasher.verify("lavender quay 8", *stored).value());
  CHECK_FALSE(hasher.verify("", *stored).value());
  const auto again = hasher.hash("lavender quay 7");
  REQUIRE(again);
  CHECK(*again != *stored);
}

TEST_CASE("nobody's password verifies nothing, and neither does an account without one") {
  PasswordHasher hasher(random_source, {}, 1, 8);
  CHECK_FALSE(hasher.verify("lavender quay 7", std::nullopt).value());
  CHECK_FALSE(hasher.verify("", std::string()).value());
  CHECK_FALSE(hasher.verify("x", std::string("not a hash")).value());
}

TEST_CASE("a hash is outdated when the cost was raised since, and not when it was lowered") {
  PasswordHasher usual(random_source, {}, 1, 8);
  PasswordHasher more_passes(random_source, {.passes = 3}, 1, 8);
  PasswordHasher more_memory(random_source, {.memory_bytes = 24 << 20}, 1, 8);
  const auto stored = usual.hash("lavender quay 7");
  REQUIRE(stored);
  CHECK_FALSE(usual.outdated(*stored));
  CHECK(more_passes.outdated(*stored));
  CHECK(more_memory.outdated(*stored));
  const auto dearer = more_passes.hash("lavender quay 7");
  REQUIRE(dearer);
  CHECK_FALSE(usual.outdated(*dearer));
  CHECK(usual.verify("lavender quay 7", *dearer).value());
  CHECK(more_passes.verify("lavender quay 7", *stored).value());
}

TEST_CASE("beyond its queue the hasher answers 429 at once") {
  PasswordHasher hasher(random_source, {}, 1, 1);
  std::atomic<int> hashed{0}, refused{0}, else_wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      const auto out = hasher.verify("lavender quay 7", std::nullopt);
      if (out)
        ++hashed;
      else if (out.error().status == 429 && out.error().problem == "too_many_requests" &&
               out.error().retry_after_s > 0)
        ++refused;
      else
        ++else_wrong;
    });
  for (std::thread& t : threads) t.join();
  CHECK(hashed >= 1);
  CHECK(refused >= 1);
  CHECK(else_wrong == 0);
}

}  // namespace ks
