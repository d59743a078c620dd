#pragma once

#include <cstdint>
#include <string>

#include "app/stores.hpp"

namespace ks::app {

// How many mails with invitations somebody may have an organization send at this moment; see
// invitation_mails() and share_of().
// Counted once, so the caller holds the organization's members (hold_for) from before, and takes
// from it for each mail.
class InvitationAllowance {
 public:
  static Result<InvitationAllowance> find(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          const MayInvite& may);

  bool spent() const { return left_ <= 0; }
  // For one mail.
  void take() { --left_; }
  // How long at least until there is more, and that for people.
  Duration wait() const { return wait_; }
  std::string message() const;

 private:
  InvitationAllowance(std::int64_t left, Duration wait) : left_(left), wait_(wait) {}
  std::int64_t left_;
  Duration wait_;
};

// That an address was invited as often as it may be in a day, by whomever; for people.
std::string invited_too_often(Duration wait);

}  // namespace ks::app
