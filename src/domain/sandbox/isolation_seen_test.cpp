#include "domain/sandbox/isolation_seen.hpp"

#include <doctest/doctest.h>

using namespace ks;

namespace {

IsolationSeen much() {
  IsolationSeen out{Isolation::dedicated, 3, {"a", "b"}, {"c"}, {}};
  for (int i = 0; i < 40; ++i)
    out.findings.push_back({IsolationFinding::Kind(i % 3), "what " + std::to_string(i), "told"});
  return out;
}

}  // namespace

TEST_CASE("what was seen of a sandbox comes back from its status as it went in") {
  const IsolationSeen seen = much();
  const auto back = isolation_seen_from_json(to_json(seen));
  REQUIRE(back);
  CHECK(*back == seen);
  CHECK(isolation_seen_from_json(to_json(IsolationSeen{})) == IsolationSeen{});
}

TEST_CASE(
    "what a condition said of the network comes back, and counts as exposed where it is open") {
  const struct {
    const char *status, *reason;
    NetworkSeen::State state;
  } cases[] = {{"True", "Enforced", NetworkSeen::State::isolated},
               {"False", "NotEnforced", NetworkSeen::State::open},
               {"False", "Exposed", NetworkSeen::State::open},
               {"Unknown", "ProbeOld", NetworkSeen::State::unknown},
               // What no operator writes proves nothing.
               {"True", "ProbeFailed", NetworkSeen::State::unknown},
               {"True", "Splendid", NetworkSeen::State::unknown},
               {"", "", NetworkSeen::State::unknown}};
  for (const auto& [status, reason, state] : cases) {
    CAPTURE(reason);
    IsolationSeen seen;
    seen.network = NetworkSeen::of(status, reason);
    CHECK(seen.network->state == state);
    CHECK(isolation_seen_from_json(to_json(seen)) == seen);
    CHECK(seen.exposed() == (state == NetworkSeen::State::open));
  }
}

TEST_CASE("a status that is none of ours is refused, not taken for no findings") {
  for (const char* text :
       {"[]", "{}", R"({"profile":"shared","findings":{}})", R"({"profile":"open","findings":[]})",
        R"({"profile":"shared","findings":[{"kind":"other"}]})"}) {
    CAPTURE(text);
    const auto json = parse_json(text);
    REQUIRE(json);
    CHECK(!isolation_seen_from_json(*json));
  }
}

TEST_CASE("what is known of the network alone stays that, and counts where it is open") {
  const IsolationSeen open = IsolationSeen::before_a_look(NetworkSeen::of("False", "NotEnforced"));
  CHECK(open.exposed());
  CHECK(open.bounded() == open);
  CHECK(isolation_seen_from_json(to_json(open)) == open);
  // By this the totals know it.
  CHECK(to_json(open).dump().starts_with(R"({"network")"));
  CHECK_FALSE(to_json(IsolationSeen{}).dump().starts_with(R"({"network")"));
  const IsolationSeen unknown =
      IsolationSeen::before_a_look(NetworkSeen::of("Unknown", "ProbeFailed"));
  CHECK_FALSE(unknown.exposed());
  CHECK(isolation_seen_from_json(to_json(unknown)) == unknown);
  CHECK_FALSE(isolation_seen_from_json(Json::object()));
}

TEST_CASE("a status stays small, and says how much is left out") {
  const IsolationSeen few = much().bounded();
  CHECK(few.findings.size() == IsolationSeen::kFindingsMax);
  CHECK(few.findings.back().what == "and 9 more");
  CHECK(few.findings.back().told == "and 9 more");
  CHECK(few.findings.front().what == "what 0");
  CHECK(few.bounded() == few);

  IsolationSeen lines;
  for (int i = 0; i < 20; ++i) lines.reaches.push_back(std::to_string(i));
  CHECK(lines.bounded().reaches.size() == IsolationSeen::kLinesMax);
  CHECK(lines.bounded().reaches.back() == "and 5 more");

  IsolationSeen longer;
  for (std::size_t n = IsolationSeen::kTextMax - 3; n < IsolationSeen::kTextMax + 3; ++n) {
    std::string text(n, 'x');
    text += "\xC3\xA9\xC3\xA9";
    longer.findings.push_back({IsolationFinding::Kind::object, text, text});
  }
  for (const IsolationFinding& f : longer.bounded().findings) {
    CHECK(f.what.size() <= IsolationSeen::kTextMax);
    // A character that is cut in two would not be JSON.
    CHECK(parse_json(to_json(longer.bounded()).dump()));
  }
}
