#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "domain/mail/email_address.hpp"
#include "domain/mail/link_token.hpp"
#include "domain/people/locale.hpp"
#include "domain/role.hpp"

// The mails of the product, each with exactly what its text needs. Names come as people wrote them;
// they are made harmless where the text is made, not here. How to add one: docs/guides.
namespace ks {

// An organization as a mail names it and links to it.
struct MailOrg {
  std::string name;
  std::string slug;
};

namespace mails {

struct Invitation {
  MailOrg organization;
  std::string inviter;
  OrgRole role;
  std::vector<std::string> teams;  // Names; may be empty.
  LinkToken token;
  Time expires_at;
};
// Somebody who is a member already was added to a team.
struct TeamAdded {
  MailOrg organization;
  std::string team;
  std::string added_by;
};
struct InvitationAccepted {
  MailOrg organization;
  std::string member;
  EmailAddress address;  // That was invited.
  OrgRole role;
};
// Who holds an invitation that has expired asks for another.
struct InvitationWanted {
  MailOrg organization;
  EmailAddress address;
};
// An invited person could not join: the plan has no free seat.
struct SeatLimit {
  MailOrg organization;
  std::int64_t limit = 0;
};
struct LimitReached {
  MailOrg organization;
  std::string feature;  // "deployments.max"
  std::string limit;    // "5", "4 GiB"
  std::string plan;
};
// To owner and administrators: the plan that somebody above them chose allows less than is used.
struct PlanChanged {
  struct Over {
    std::string feature;  // "deployments.max"
    std::string used;     // "5", "4 GiB"
    std::string limit;
  };
  MailOrg organization;
  std::string plan;
  std::vector<Over> over;
  // Ranges of its list of egress, where the plan lets it do nothing but give the list up.
  std::optional<std::int64_t> egress_ranges;
  // Deployments that keep more pods of one service than the plan allows: how many, and the first of
  // them, as "team/name".
  std::int64_t kept = 0;
  std::vector<std::string> kept_names;
};
struct MemberRemoved {
  MailOrg organization;
};
// Who was removed has back what they had.
struct MemberReinstated {
  MailOrg organization;
  std::string by;  // May be empty.
};
struct OwnershipOffer {
  MailOrg organization;
  std::string offered_by;
  Time expires_at;
};
// To the owner: an offer was made in their name. Who did not make it learns of it while the offer
// can still be taken back.
struct OwnershipOffered {
  MailOrg organization;
  std::string to;
  Time expires_at;
};
// To the owner: who was offered it does not want it.
struct OwnershipDeclined {
  MailOrg organization;
  std::string to;
};
// To who was offered it: the owner has taken the offer back.
struct OwnershipWithdrawn {
  MailOrg organization;
  std::string by;
};
// To the owner: the offer ended with the membership of who was offered it.
struct OwnershipEnded {
  MailOrg organization;
  std::string to;
};
// To both; of one who was appointed to them alone, with an empty `from` where there was no owner.
struct OwnershipTransferred {
  MailOrg organization;
  std::string from;
  std::string to;
};
// To those who look after its people: nobody has reviewed who has access for a while.
struct AccessReview {
  MailOrg organization;
  std::int64_t people = 0;
  std::int64_t rights = 0;
  std::int64_t inactive = 0;  // Of the people: not here for so many days.
  std::int64_t days = 0;
};
// To the owner.
struct OrganizationSuspended {
  MailOrg organization;
  std::string reason;  // In the words of who suspended it.
};
struct OrganizationResumed {
  MailOrg organization;
};
// To owner and administrators.
struct OrganizationDeleted {
  MailOrg organization;
  std::string by;  // The owner.
  Time until;      // When it can be restored no longer.
};
// Also where the address has no account yet; the answer of sign-up is the same.
struct VerifyAddress {
  LinkToken token;
  Time expires_at;
};
struct AccountExists {};
struct PasswordReset {
  LinkToken token;
  Time expires_at;
};
struct PasswordChanged {
  Time at;
};
// To the new address.
struct ChangeAddress {
  LinkToken token;
  Time expires_at;
};
// To the present address, before anything has changed.
struct AddressAsked {
  EmailAddress to;  // Shown masked.
  Time at;
};
// To the old address, with a way back.
struct AddressChanged {
  EmailAddress to;  // Shown masked.
  Time at;
  LinkToken way_back;
  Time expires_at;
};
// To an old address that nobody has shown to read: without one.
struct AddressReplaced {
  EmailAddress to;  // Shown masked.
  Time at;
};

}  // namespace mails

using MailContent =
    std::variant<mails::Invitation, mails::TeamAdded, mails::InvitationAccepted,
                 mails::InvitationWanted, mails::SeatLimit, mails::LimitReached, mails::PlanChanged,
                 mails::MemberRemoved, mails::MemberReinstated, mails::OwnershipOffer,
                 mails::OwnershipOffered, mails::OwnershipDeclined, mails::OwnershipWithdrawn,
                 mails::OwnershipEnded, mails::OwnershipTransferred, mails::AccessReview,
                 mails::OrganizationSuspended, mails::OrganizationResumed,
                 mails::OrganizationDeleted, mails::VerifyAddress, mails::AccountExists,
                 mails::PasswordReset, mails::PasswordChanged, mails::ChangeAddress,
                 mails::AddressAsked, mails::AddressChanged, mails::AddressReplaced>;

// What a mail is about: a kind of thing and its id, such as {"invitation", id}. By it the mail is
// cancelled when the thing is, and its delivery is asked for.
struct MailSubject {
  std::string kind;
  std::string id;
};

// One mail to one person, in the language of the account that has the address. Only where none has
// it is it written in `locale`.
struct Mail {
  EmailAddress to;
  MailContent content;
  MailSubject about;
  Locale locale = Locale::en;
};

}  // namespace ks
