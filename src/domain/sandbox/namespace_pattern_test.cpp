#include "domain/sandbox/namespace_pattern.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "domain/name.hpp"

using namespace ks;

namespace {

const std::vector<std::string> kPlaceholders = {"{userId}",   "{orgId}",   "{teamId}",
                                                "{clientId}", "{orgSlug}", "{teamSlug}"};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <class Noun>
Id<Noun> some_id(Random& random) {
  const ManualClock clock;
  return Id<Noun>::make(clock, random);
}

std::string some_slug(Random& random, std::size_t length) { return random_suffix(random, length); }

// Placeholders and literals in any order, sound ones and others.
std::string some_pattern(Random& random) {
  static const std::vector<std::string> kLiterals = {
      "sandbox-", "-", "a", "apps-",    "x9", "kube-", "Upper",
      "dot.",     "{", "}", "{userid}", "_",  "",      "quite-a-long-word"};
  std::string out;
  for (std::uint64_t i = 1 + random.below(4); i > 0; --i)
    out += random.below(2) == 0 ? kLiterals[random.below(kLiterals.size())]
                                : kPlaceholders[random.below(kPlaceholders.size())];
  return out;
}

// Said anew, from what the longest values make of it.
bool sound(const std::string& pattern) {
  std::string longest = pattern;
  bool any = false, ids = false;
  for (const std::string& p : kPlaceholders)
    for (std::size_t at; (at = longest.find(p)) != std::string::npos;) {
      any = true;
      ids = ids || has(p, "Id");
      longest.replace(at, p.size(), has(p, "Id") ? std::string(36, 'x') : std::string(30, 'x'));
    }
  longest += "-0123456789ab";
  if (!any || !check_label(longest, 63) || longest.starts_with("kube-")) return false;
  // The suffix would hide a hyphen at the end.
  if (pattern.ends_with('-')) return false;
  return ids || pattern.substr(0, pattern.find('{')).ends_with('-');
}

struct People {
  explicit People(Random& random) {
    const auto client = some_id<Client>(random);
    for (int o = 0; o < 3; ++o) {
      const auto org = some_id<Org>(random);
      const std::string slug = some_slug(random, 1 + random.below(30));
      for (int t = 0; t < 2; ++t) {
        // Teams of two organizations often have one name.
        const auto team = some_id<Team>(random);
        for (int u = 0; u < 3; ++u)
          all.push_back({client, org, users(random, u), team, slug, "t" + std::to_string(t)});
      }
    }
  }
  UserId users(Random& random, int n) {
    while (users_.size() <= static_cast<std::size_t>(n)) users_.push_back(some_id<User>(random));
    return users_[static_cast<std::size_t>(n)];
  }
  std::vector<NamespaceOwner> all;

 private:
  std::vector<UserId> users_;
};

// By whom a namespace is told apart.
std::string identity(const NamespacePattern& pattern, const NamespaceOwner& o) {
  return o.user.str() + o.org.str() + (pattern.names_team() ? o.team.str() : "");
}

}  // namespace

TEST_CASE(
    "a pattern is taken exactly when every name of it is one, and nobody can choose it whole") {
  int taken = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SeededRandom random(seed);
    const std::string text = some_pattern(random);
    CAPTURE(text);
    const auto pattern = NamespacePattern::parse(text);
    CHECK(pattern.has_value() == sound(text));
    ++(pattern ? taken : refused);
    if (!pattern) {
      CHECK_FALSE(pattern.error().message.empty());
      continue;
    }
    CHECK(pattern->text() == text);
    const NamespaceOwner longest{some_id<Client>(random), some_id<Org>(random),
                                 some_id<User>(random),   some_id<Team>(random),
                                 some_slug(random, 30),   some_slug(random, 30)};
    for (const std::string& name : pattern->names(longest, random)) {
      CAPTURE(name);
      CHECK(name.size() <= 63);
      CHECK((is_uuid(name) || check_label(name, 63)));
      CHECK_FALSE(has(name, "{"));
    }
  }
  CHECK(taken > 100);
  CHECK(refused > 100);
}

TEST_CASE("each owner finds a namespace of its own, whatever the pattern and the order") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SeededRandom random(seed);
    const auto pattern = NamespacePattern::parse(some_pattern(random));
    if (!pattern) continue;
    CAPTURE(pattern->text());
    People people(random);
    std::set<std::string> given;
    std::map<std::string, std::string> by_owner;
    for (int i = 0; i < 40; ++i) {
      const NamespaceOwner& owner = people.all[random.below(people.all.size())];
      const std::string who = identity(*pattern, owner);
      if (by_owner.contains(who)) continue;
      for (const std::string& name : pattern->names(owner, random)) {
        if (!given.insert(name).second) continue;
        by_owner[who] = name;
        break;
      }
      CHECK(by_owner.contains(who));
      // The same question has the same answer, but for the digits that nobody is to know.
      auto one = pattern->names(owner, random), two = pattern->names(owner, random);
      CHECK(one.back() != two.back());
      one.pop_back();
      two.pop_back();
      CHECK(one == two);
    }
    CHECK(by_owner.size() == given.size());
  }
}

TEST_CASE("a person's second organization has the last twelve digits of its id appended") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed);
    const auto pattern = NamespacePattern::parse(some_pattern(random));
    if (!pattern) continue;
    CAPTURE(pattern->text());
    const NamespaceOwner owner = People(random).all.front();
    const auto names = pattern->names(owner, random);
    const std::string plain = names.front();
    const bool apart = has(pattern->text(), "{orgId}") || has(pattern->text(), "{teamId}");
    const std::string suffixed = plain + "-" + owner.org.str().substr(24);
    CHECK((std::ranges::find(names, suffixed) == names.end()) == apart);
    if (!apart) CHECK(names.at(1) == suffixed);
  }
}

TEST_CASE("without a setting a namespace is called by its person") {
  SeededRandom random(1);
  const NamespaceOwner owner = People(random).all.front();
  CHECK(NamespacePattern().text() == "sandbox-{userId}");
  const std::string plain = "sandbox-" + owner.user.str();
  auto names = NamespacePattern().names(owner, random);
  CHECK(names.back().starts_with(plain + "-"));
  names.pop_back();
  CHECK(names == std::vector<std::string>{plain, plain + "-" + owner.org.str().substr(24)});
  CHECK_FALSE(NamespacePattern().names_team());
}

TEST_CASE("a pattern tells which names of the cluster's own it could give") {
  const struct {
    const char* pattern;
    const char* name;
    bool can;
  } cases[] = {
      {"k8s-{orgSlug}", "k8s-scheduler", true},
      {"k8s-{orgSlug}", "k8s-", false},
      {"ingress-{userId}", "ingress-nginx", false},
      {"ingress-{orgSlug}", "ingress-nginx-internal", true},
      {"ingress-{orgSlug}", "ingress--nginx", false},
      {"x-{orgSlug}-in", "x-a-b-in", true},
      {"x-{orgSlug}-in", "x-a-b-out", false},
      // With the suffix, and without one whole.
      {"x-{orgSlug}-in", "x-a-b-in-0123456789ab", true},
      {"x-{orgSlug}-in", "x-a-b-in-0123456789a", false},
      {"a-{orgSlug}", "a-012345678901234567890123456789", true},
      {"a-{orgSlug}", "a-x1234567890123456789012345678901234567890", false},
      {"sandbox-{userId}", "sandbox", false},
      {"sandbox-{userId}", "sandbox-01890000-0000-7000-8000-000000000001", true},
      {"sandbox-{userId}", "sandbox-01890000-0000-7000-8000-000000000001-0123456789ab", true},
  };
  for (const auto& one : cases) {
    CAPTURE(one.pattern);
    CAPTURE(one.name);
    const auto pattern = NamespacePattern::parse(one.pattern);
    REQUIRE(pattern);
    CHECK(pattern->can_give(one.name) == one.can);
  }
}
