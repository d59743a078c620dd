#include "operator/probe/proof.hpp"

#include <doctest/doctest.h>

#include "operator/probe/telling.hpp"

namespace ks::op {

namespace {
constexpr Duration kEvery = hours(1);
const Time kNow{1'700'000'000'000'000};

NetworkProof proof(NetworkVerdict verdict, Time at = kNow) { return {verdict, "words", at}; }
}  // namespace

TEST_CASE("a proof counts for three intervals, and one from the future does not") {
  const NetworkProof fine = proof(NetworkVerdict::enforced);
  CHECK(fine.worth(kNow + kEvery * 3, kEvery) == fine);
  const NetworkProof late = fine.worth(kNow + kEvery * 3 + milliseconds(1), kEvery);
  CHECK(late.verdict == NetworkVerdict::old);
  // Two machines' clocks are apart a little.
  CHECK(fine.worth(kNow - seconds(30), kEvery) == fine);
  CHECK(fine.worth(kNow - minutes(2), kEvery).verdict == NetworkVerdict::old);
}

TEST_CASE("that nobody enforces policies does not grow old") {
  const NetworkProof open = proof(NetworkVerdict::not_enforced);
  CHECK(open.worth(kNow + days(30), kEvery) == open);
  CHECK(open.worth(kNow - days(30), kEvery) == open);
}

TEST_CASE("one probe that failed takes nothing back, three take a proof back") {
  const NetworkProof failed = proof(NetworkVerdict::failed, kNow + kEvery);
  const NetworkProof fine = proof(NetworkVerdict::enforced);
  CHECK(after(fine, failed, 1) == fine);
  CHECK(after(fine, failed, 2) == fine);
  CHECK(after(fine, failed, 3) == failed);
  // Nothing was known: then it says why.
  CHECK(after(std::nullopt, failed, 1) == failed);
  CHECK(after(NetworkProof::none(), failed, 1) == failed);
}

TEST_CASE("only a probe that saw policies enforced takes back that they are not") {
  const NetworkProof open = proof(NetworkVerdict::not_enforced);
  CHECK(after(open, proof(NetworkVerdict::failed), 99) == open);
  const NetworkProof fine = proof(NetworkVerdict::enforced, kNow + kEvery);
  CHECK(after(open, fine, 0) == fine);
  // Nor what may be the same and cannot be read.
  const NetworkProof hidden = NetworkProof::not_read();
  CHECK(hidden.forbids_new());
  CHECK(after(hidden, proof(NetworkVerdict::failed), 99) == hidden);
  CHECK_FALSE(after(hidden, fine, 0).forbids_new());
  // At once, without a second look.
  CHECK(after(fine, open, 0) == open);
}

TEST_CASE("a proof comes back out of its lease, and out of no other") {
  for (const NetworkVerdict verdict :
       {NetworkVerdict::enforced, NetworkVerdict::not_enforced, NetworkVerdict::failed}) {
    const NetworkProof one = proof(verdict);
    CHECK(NetworkProof::of_lease(one.lease("k8s-scheduler")) == one);
  }
  CHECK_FALSE(NetworkProof::of_lease(Json::object()));
  Json lease = proof(NetworkVerdict::enforced).lease("k8s-scheduler");
  lease["metadata"]["annotations"].set(NetworkProof::kVerdict, "Splendid");
  CHECK_FALSE(NetworkProof::of_lease(lease));
}

TEST_CASE("what a connector tells is read as it was written, and nothing else is") {
  const ProbeTelling told{"abc123", "answered", "timeout", "refused"};
  CHECK(ProbeTelling::parse(told.text()) == told);
  CHECK(ProbeTelling::parse(told.text() + "\n") == told);
  for (const char* text : {"", "network-probe", "network-probe abc open=answered no-entry=timeout",
                           "network-probe abc open=answered no-exit=timeout no-entry=timeout",
                           "network-probe abc open= no-entry=timeout no-exit=timeout",
                           "network-probe abc open=answered no-entry=timeout no-exit=timeout more",
                           "something abc open=answered no-entry=timeout no-exit=timeout",
                           "network-probe abc openanswered no-entry=timeout no-exit=timeout"})
    CHECK_MESSAGE(!ProbeTelling::parse(text), text);
}

}  // namespace ks::op
