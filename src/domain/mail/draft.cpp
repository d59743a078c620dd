#include "domain/mail/draft.hpp"

#include <algorithm>

#include "domain/name.hpp"

namespace ks {

namespace {

using Word = MailDraft::Word;

MailDraft::Link org_link(const MailOrg& org, std::string_view page = {}) {
  KS_ASSERT(check_label(org.slug, kSlugMax));
  return {"/o/" + org.slug + std::string(page), {}};
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& one : names) out += (out.empty() ? "" : ", ") + one;
  return out;
}

struct Drafts {
  MailDraft operator()(const mails::Invitation& m) const {
    return {.kind = "invitation",
            .places = {{"organization", m.organization.name},
                       {"inviter", m.inviter},
                       {"role", Word{std::string(name(m.role))}},
                       // One of the two is empty, and its line left out.
                       {"team", m.teams.size() == 1 ? m.teams[0] : ""},
                       {"teams", m.teams.size() == 1 ? "" : joined(m.teams)},
                       {"expires", m.expires_at}},
            .link = MailDraft::Link{"/invitation", m.token.text()},
            .useful_until = m.expires_at,
            .notice = false};
  }
  MailDraft operator()(const mails::TeamAdded& m) const {
    return {.kind = "team_added",
            .places = {{"organization", m.organization.name},
                       {"team", m.team},
                       {"added_by", m.added_by}},
            .link = org_link(m.organization),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::InvitationAccepted& m) const {
    return {.kind = "invitation_accepted",
            .places = {{"organization", m.organization.name},
                       {"member", m.member},
                       {"address", m.address},
                       {"role", Word{std::string(name(m.role))}}},
            .link = org_link(m.organization, "/people"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::InvitationWanted& m) const {
    return {.kind = "invitation_wanted",
            .places = {{"organization", m.organization.name}, {"address", m.address}},
            .link = org_link(m.organization, "/people"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::SeatLimit& m) const {
    return {.kind = "seat_limit",
            .places = {{"organization", m.organization.name}, {"limit", m.limit}},
            .link = org_link(m.organization, "/usage"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::LimitReached& m) const {
    return {.kind = "limit_reached",
            .places = {{"organization", m.organization.name},
                       {"feature", Word{m.feature}},
                       {"limit", Word{m.limit}},
                       {"plan", m.plan}},
            .link = org_link(m.organization, "/usage"),
            .useful_until = std::nullopt};
  }
  // A line of its own for each that may be over; those that are not are empty, and left out.
  MailDraft operator()(const mails::PlanChanged& m) const {
    MailDraft out{.kind = "plan_changed",
                  .places = {{"organization", m.organization.name}, {"plan", m.plan}},
                  .link = org_link(m.organization, "/usage"),
                  .useful_until = std::nullopt};
    for (const char* feature :
         {"deployments", "members", "teams", "cpu", "memory", "storage", "replicas"}) {
      const auto at = std::ranges::find(m.over, std::string(feature) + ".max",
                                        &mails::PlanChanged::Over::feature);
      const bool over = at != m.over.end();
      // Amounts are ours, and no name that somebody chose.
      out.places.push_back({std::string(feature) + "_used", Word{over ? at->used : ""}});
      out.places.push_back({std::string(feature) + "_limit", Word{over ? at->limit : ""}});
    }
    if (m.egress_ranges)
      out.places.push_back({"egress", *m.egress_ranges});
    else
      out.places.push_back({"egress", Word{}});
    std::string names = joined(m.kept_names);
    if (m.kept > std::ssize(m.kept_names)) names += ", …";
    if (m.kept > 0)
      out.places.push_back({"kept", m.kept});
    else
      out.places.push_back({"kept", Word{}});
    out.places.push_back({"kept_names", std::move(names)});
    return out;
  }
  MailDraft operator()(const mails::MemberRemoved& m) const {
    return {.kind = "member_removed",
            .places = {{"organization", m.organization.name}},
            .link = std::nullopt,
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::MemberReinstated& m) const {
    return {.kind = "member_reinstated",
            .places = {{"organization", m.organization.name}, {"by", m.by}},
            .link = org_link(m.organization),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OwnershipOffer& m) const {
    return {.kind = "ownership_offer",
            .places = {{"organization", m.organization.name},
                       {"offered_by", m.offered_by},
                       {"expires", m.expires_at}},
            .link = org_link(m.organization, "/settings"),
            .useful_until = m.expires_at};
  }
  MailDraft operator()(const mails::OwnershipOffered& m) const {
    return {
        .kind = "ownership_offered",
        .places = {{"organization", m.organization.name}, {"to", m.to}, {"expires", m.expires_at}},
        .link = org_link(m.organization, "/settings"),
        .useful_until = m.expires_at};
  }
  MailDraft operator()(const mails::OwnershipDeclined& m) const {
    return {.kind = "ownership_declined",
            .places = {{"organization", m.organization.name}, {"to", m.to}},
            .link = org_link(m.organization, "/settings"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OwnershipWithdrawn& m) const {
    return {.kind = "ownership_withdrawn",
            .places = {{"organization", m.organization.name}, {"by", m.by}},
            .link = org_link(m.organization),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OwnershipEnded& m) const {
    return {.kind = "ownership_ended",
            .places = {{"organization", m.organization.name}, {"to", m.to}},
            .link = org_link(m.organization, "/settings"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OwnershipTransferred& m) const {
    return {.kind = "ownership_transferred",
            .places = {{"organization", m.organization.name}, {"from", m.from}, {"to", m.to}},
            .link = org_link(m.organization, "/people"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::AccessReview& m) const {
    return {.kind = "access_review",
            .places = {{"organization", m.organization.name},
                       {"people", m.people},
                       {"rights", m.rights},
                       {"inactive", m.inactive},
                       {"days", m.days}},
            .link = org_link(m.organization, "/access-review"),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OrganizationSuspended& m) const {
    return {.kind = "organization_suspended",
            .places = {{"organization", m.organization.name}, {"reason", m.reason}},
            .link = org_link(m.organization),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OrganizationResumed& m) const {
    return {.kind = "organization_resumed",
            .places = {{"organization", m.organization.name}},
            .link = org_link(m.organization),
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::OrganizationDeleted& m) const {
    return {.kind = "organization_deleted",
            .places = {{"organization", m.organization.name}, {"by", m.by}, {"until", m.until}},
            .link = MailDraft::Link{"/orgs", {}},
            .useful_until = m.until};
  }
  MailDraft operator()(const mails::VerifyAddress& m) const {
    return {.kind = "verify_address",
            .places = {{"expires", m.expires_at}},
            .link = MailDraft::Link{"/verify", m.token.text()},
            .useful_until = m.expires_at,
            .notice = false};
  }
  MailDraft operator()(const mails::AccountExists&) const {
    return {.kind = "account_exists",
            .places = {},
            .link = MailDraft::Link{"/login", {}},
            .useful_until = std::nullopt,
            .notice = false};
  }
  MailDraft operator()(const mails::PasswordReset& m) const {
    return {.kind = "password_reset",
            .places = {{"expires", m.expires_at}},
            .link = MailDraft::Link{"/reset", m.token.text()},
            .useful_until = m.expires_at,
            .notice = false};
  }
  MailDraft operator()(const mails::PasswordChanged& m) const {
    return {.kind = "password_changed",
            .places = {{"at", m.at}},
            .link = MailDraft::Link{"/forgot", {}},
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::ChangeAddress& m) const {
    return {.kind = "change_address",
            .places = {{"expires", m.expires_at}},
            .link = MailDraft::Link{"/address", m.token.text()},
            .useful_until = m.expires_at,
            .notice = false};
  }
  MailDraft operator()(const mails::AddressAsked& m) const {
    return {.kind = "address_asked",
            .places = {{"address", m.to.masked()}, {"at", m.at}},
            .link = MailDraft::Link{"/forgot", {}},
            .useful_until = std::nullopt};
  }
  MailDraft operator()(const mails::AddressChanged& m) const {
    return {.kind = "address_changed",
            .places = {{"address", m.to.masked()}, {"at", m.at}, {"expires", m.expires_at}},
            .link = MailDraft::Link{"/address/restore", m.way_back.text()},
            .useful_until = m.expires_at};
  }
  MailDraft operator()(const mails::AddressReplaced& m) const {
    return {.kind = "address_replaced",
            .places = {{"address", m.to.masked()}, {"at", m.at}},
            .link = std::nullopt,
            .useful_until = std::nullopt};
  }
};

Json value_json(const MailDraft::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Json::object({{"text", *text}});
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return Json::object({{"number", *number}});
  if (const auto* time = std::get_if<Time>(&value)) return Json::object({{"time", time->us}});
  if (const auto* address = std::get_if<EmailAddress>(&value))
    return Json::object({{"address", address->text()}});
  return Json::object({{"word", std::get<Word>(value).text}});
}

MailDraft::Value value_of(const Json& json) {
  if (json.at("number").is_int()) return json.at("number").as_int();
  if (json.at("time").is_int()) return Time{json.at("time").as_int()};
  if (json.at("address").is_string())
    if (auto address = EmailAddress::parse(json.text("address"))) return std::move(*address);
  if (json.at("word").is_string()) return Word{std::string(json.text("word"))};
  return std::string(json.text("text"));
}

}  // namespace

MailDraft draft_of(const MailContent& content) { return std::visit(Drafts{}, content); }

std::string to_text(const AddressedDraft& addressed) {
  const MailDraft& draft = addressed.draft;
  Json places = Json::object();
  for (const auto& place : draft.places) places.set(place.name, value_json(place.value));
  Json out = Json::object({{"to", addressed.to.text()},
                           {"locale", std::string(name(addressed.locale))},
                           {"kind", draft.kind},
                           {"places", std::move(places)}});
  if (draft.link)
    out.set("link", Json::object({{"path", draft.link->path}, {"token", draft.link->token}}));
  return out.dump();
}

Result<AddressedDraft> draft_from_text(std::string_view text) {
  KS_TRY(const Json json, parse_json(text));
  KS_TRY(EmailAddress to, EmailAddress::parse(json.text("to")));
  MailDraft draft;
  draft.kind = std::string(json.text("kind"));
  if (const Json* places = json.find("places"); places != nullptr && places->is_object())
    for (const auto& [place, value] : places->members())
      draft.places.push_back({place, value_of(value)});
  if (json.find("link") != nullptr)
    draft.link = MailDraft::Link{std::string(json.text("link", "path")),
                                 std::string(json.text("link", "token"))};
  return AddressedDraft{std::move(to), locale_or_english(json.text("locale")), std::move(draft)};
}

}  // namespace ks
