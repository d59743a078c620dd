#pragma once

#include <string>

#include "api/call.hpp"
#include "api/services.hpp"
#include "app/invitations/answer.hpp"

// Somebody who comes with the token of an invitation: into a session, or to join from one.
namespace ks::api {

// One who signs up or in from an invitation's link. not_found and 429 as the look-up gives them.
class Arrival {
 public:
  // `call`: whence the token came. The invitation is one that can be accepted now, or was before by
  // who comes again; `conflict` "invitation_expired".
  static Result<Arrival> of(const Services&, const ClientScope&, const Call&,
                            std::string_view token, app::Used used);

  // For Accounts: the invitation is accepted in the transaction that signs in.
  Founding joining();
  const std::string& address() const noexcept { return address_; }
  // What the reply says of it, after the commit.
  Result<Json> joined(const SignedIn& in) const;
  // Passes a refusal on, and has the administrators told where it was for want of a seat.
  std::unexpected<Error> refused(Error error) const;

 private:
  Arrival(const Services& services, const ClientScope& client, SessionGate::TrailPtr trail,
          InvitationToken token, std::string address)
      : services_(&services),
        client_(client),
        trail_(std::move(trail)),
        token_(std::move(token)),
        address_(std::move(address)) {}
  const Services* services_;
  ClientScope client_;
  SessionGate::TrailPtr trail_;
  InvitationToken token_;
  std::string address_;
  std::optional<app::Accepted> accepted_;
};

// The token, which is one; not_found and 429 else.
Result<InvitationToken> known_token(const Services&, const ClientScope&, const Trail&,
                                    std::string_view token);
// As `caller`, who is signed in.
Result<Json> accept_as(const Services&, const ClientScope&, const std::string& session,
                       const Caller&, const InvitationToken&);

}  // namespace ks::api
