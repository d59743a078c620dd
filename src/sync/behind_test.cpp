#include "sync/behind.hpp"

#include <doctest/doctest.h>

namespace ks::sync {

namespace {
SandboxSpec of(std::optional<EgressList> egress, Isolation isolation = Isolation::namespace_) {
  SandboxSpec out;
  out.egress = std::move(egress);
  out.isolation = isolation;
  return out;
}
}  // namespace

TEST_CASE(
    "a sandbox lets more through where it is more open in one way, however strict in others") {
  const SandboxSpec wanted = of(EgressList{{"1.1.0.0/16", {80, 443}}});
  CHECK_FALSE(lets_more_through(wanted, wanted));
  CHECK(lets_more_through(of({}), wanted));
  CHECK_FALSE(lets_more_through(wanted, of({})));
  CHECK_FALSE(lets_more_through(of(EgressList{}), wanted));
  CHECK_FALSE(lets_more_through(of(EgressList{{"1.1.1.0/24", {443}}}), wanted));
  CHECK(lets_more_through(of(EgressList{{"1.1.1.0/24", {}}}), wanted));
  CHECK(lets_more_through(of(EgressList{{"1.1.1.0/24", {22}}}), wanted));
  CHECK(lets_more_through(of(EgressList{{"1.0.0.0/8", {443}}}), wanted));
  CHECK(lets_more_through(of(EgressList{{"::/0", {443}}}), wanted));
  CHECK(lets_more_through(of(EgressList{}, Isolation::shared), wanted));
  CHECK_FALSE(lets_more_through(of(EgressList{}, Isolation::dedicated), wanted));
  SandboxSpec mails = of(EgressList{});
  mails.smtp_egress = true;
  CHECK(lets_more_through(mails, wanted));
  CHECK_FALSE(lets_more_through(of(EgressList{}), mails));
}

}  // namespace ks::sync
