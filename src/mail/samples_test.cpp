#include "mail/samples.hpp"

namespace ks::mail::test {

const Brand& sample_brand() {
  static const Brand kBrand{.product = "K8s Scheduler",
                            .sender_name = "K8s Scheduler",
                            .sender = *EmailAddress::parse("noreply@ks.example.com"),
                            .reply_to = std::nullopt,
                            .base = BaseUrl("https://ks.example.com")};
  return kBrand;
}

const std::vector<MailContent>& samples() {
  // 2 January 2026, 03:04 UTC.
  static const Time kWhen{1'767'323'045'000'000};
  static const MailOrg kAcme{"Acme & Söhne", "acme"};
  static const LinkToken kToken("0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
  static const std::vector<MailContent> kSamples{
      mails::Invitation{kAcme, "Ann Lee", OrgRole::admin, {"Core", "Web"}, kToken, kWhen},
      mails::TeamAdded{kAcme, "Core", "Ann Lee"},
      mails::InvitationAccepted{kAcme, "Bob Ray", *EmailAddress::parse("bob@example.com"),
                                OrgRole::member},
      mails::InvitationWanted{kAcme, *EmailAddress::parse("bob@example.com")},
      mails::SeatLimit{kAcme, 10},
      mails::LimitReached{kAcme, "memory.max", "4.5 GiB", "Business"},
      mails::PlanChanged{kAcme,
                         "Free",
                         {{"deployments.max", "5", "1"},
                          {"members.max", "8", "1"},
                          {"cpu.max", "1.25 cpu", "0.5 cpu"},
                          {"memory.max", "6.5 GiB", "2 GiB"},
                          {"replicas.max", "4", "2"}},
                         3,
                         4,
                         {"core/shop", "core/wiki", "web/front"}},
      mails::MemberRemoved{kAcme},
      mails::MemberReinstated{kAcme, "Ann Lee"},
      mails::OwnershipOffer{kAcme, "Ann Lee", kWhen},
      mails::OwnershipOffered{kAcme, "Bob Ray", kWhen},
      mails::OwnershipDeclined{kAcme, "Bob Ray"},
      mails::OwnershipWithdrawn{kAcme, "Ann Lee"},
      mails::OwnershipEnded{kAcme, "Bob Ray"},
      mails::OwnershipTransferred{kAcme, "Ann Lee", "Bob Ray"},
      mails::AccessReview{kAcme, 12, 31, 3, 90},
      mails::OrganizationSuspended{kAcme, "The last three invoices are open."},
      mails::OrganizationResumed{kAcme},
      mails::OrganizationDeleted{kAcme, "Ann Lee", kWhen},
      mails::VerifyAddress{kToken, kWhen},
      mails::AccountExists{},
      mails::PasswordReset{kToken, kWhen},
      mails::PasswordChanged{kWhen},
      mails::ChangeAddress{kToken, kWhen},
      mails::AddressAsked{*EmailAddress::parse("new@example.com"), kWhen},
      mails::AddressChanged{*EmailAddress::parse("new@example.com"), kWhen, kToken, kWhen},
      mails::AddressReplaced{*EmailAddress::parse("new@example.com"), kWhen},
  };
  return kSamples;
}

}  // namespace ks::mail::test
