#include "tests/people/invitation_house.hpp"

#include <doctest/doctest.h>

#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/teams.hpp"
#include "tests/store/statements.hpp"

namespace ks::people_test {

namespace {

const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 1> kCounts(
    "counts",
    "SELECT (SELECT COUNT(*) FROM org_members WHERE org_id = ?1), "
    "(SELECT COUNT(*) FROM invitations WHERE org_id = ?1 AND state = 'pending'), "
    "(SELECT members FROM org_usage WHERE org_id = ?1), "
    "(SELECT COUNT(*) FROM org_members WHERE org_id = ?1 AND role = 'org_owner')");

InvitationToken parsed(const std::string& token) {
  const auto out = InvitationToken::parse(token);
  REQUIRE(out);
  return *out;
}

}  // namespace

TeamId InvitationHouse::team(const std::string& slug) {
  if (const auto at = teams.find(slug); at != teams.end()) return at->second;
  if (slug == "default") {
    teams.emplace(slug, world.memberships(ann)[0].teams[0].id);
  } else {
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(const TeamRow row,
             app::create_team(tx, world.stores(), scope, app::NewTeam{slug, slug, "For " + slug}));
      teams.insert_or_assign(slug, row.id);
      return {};
    }) == "");
  }
  return teams.at(slug);
}

void InvitationHouse::join(const World::Person& who, OrgRole role,
                           const std::map<std::string, TeamRole>& in) {
  app::Joining joining{who.id, role};
  for (const auto& [slug, team_role] : in) joining.teams.push_back({team(slug), team_role});
  REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    const auto stores = world.stores();
    KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
    KS_CHECK(app::join(tx, stores, may, joining));
    return {};
  }) == "");
}

InvitationHouse::Result InvitationHouse::invite(const World::Person& by,
                                                const std::vector<app::Wanted>& wanted, int days) {
  Result out;
  out.outcome = world.write(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    out.results.clear();
    out.ids.clear();
    KS_TRY(const auto invited, app::invite(tx, world.stores(), scope, wanted, days));
    for (const app::Invited& one : invited) {
      out.results.emplace_back(app::name(one.result));
      out.ids.push_back(one.view ? one.view->invitation.id.str() : "");
    }
    return {};
  });
  if (out.outcome.empty()) CHECK(out.results.size() == wanted.size());
  return out;
}

std::string InvitationHouse::invite(const World::Person& by, const std::string& email,
                                    const std::map<std::string, TeamRole>& in, OrgRole role,
                                    int days) {
  app::Wanted wanted{email, role};
  for (const auto& [slug, team_role] : in) wanted.teams.push_back({team(slug), team_role});
  const Result out = invite(by, {wanted}, days);
  if (!out.outcome.empty()) return out.outcome;
  last_id = out.ids[0];
  return out.results[0];
}

std::string InvitationHouse::token(const std::string& email) {
  const auto out = world.mailed_token(email);
  REQUIRE(out);
  return *out;
}

Outcome InvitationHouse::accept(const World::Person& who, const std::string& token,
                                std::size_t process, std::optional<app::Accepted>* accepted) {
  const InvitationToken parsed_token = parsed(token);
  return world.answer(
      who, parsed_token.org(),
      [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) -> ks::Result<void> {
        KS_TRY(const app::Accepted out,
               app::accept_invitation(tx, world.stores(), invited, parsed_token, guest));
        if (accepted != nullptr) *accepted = out;
        return {};
      },
      process);
}

Outcome InvitationHouse::decline(const World::Person& who, const std::string& token) {
  const InvitationToken parsed_token = parsed(token);
  return world.answer(
      who, parsed_token.org(), [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) {
        return app::decline_invitation(tx, world.stores(), invited, parsed_token, guest);
      });
}

Outcome InvitationHouse::decline_by_link(const std::string& token) {
  const InvitationToken parsed_token = parsed(token);
  return world.answer_as_nobody(parsed_token.org(), [&](Tx& tx, const TenantScope& invited) {
    return app::decline_invitation(tx, world.stores(), invited, parsed_token, std::nullopt);
  });
}

Outcome InvitationHouse::look_up(const World::Person& who, const std::string& token,
                                 std::optional<app::LookedUp>* found) {
  const InvitationToken parsed_token = parsed(token);
  return world.answer(
      who, parsed_token.org(),
      [&](Tx& tx, const TenantScope& invited, const app::Guest&) -> ks::Result<void> {
        KS_TRY(app::LookedUp out, app::look_up(tx, world.stores(), invited, parsed_token));
        if (found != nullptr) *found = std::move(out);
        return {};
      });
}

Outcome InvitationHouse::ask(const World::Person& who, const std::string& token) {
  const InvitationToken parsed_token = parsed(token);
  return world.answer(
      who, parsed_token.org(), [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) {
        return app::ask_for_invitation(tx, world.stores(), invited, parsed_token, guest.email);
      });
}

Outcome InvitationHouse::revoke(const World::Person& by, const std::string& id) {
  return world.write(by, org, [&](Tx& tx, const TenantScope& scope) {
    return app::revoke_invitation(tx, world.stores(), scope, id, std::nullopt);
  });
}

Outcome InvitationHouse::resend(const World::Person& by, const std::string& id) {
  return world.write(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    KS_CHECK(app::resend_invitation(tx, world.stores(), scope, id));
    return {};
  });
}

Outcome InvitationHouse::change(const World::Person& by, const std::string& id,
                                const app::InvitationPatch& patch) {
  return world.write(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    KS_CHECK(app::change_invitation(tx, world.stores(), scope, id, patch, std::nullopt));
    return {};
  });
}

app::InvitationView InvitationHouse::seen(const World::Person& by, const std::string& id) {
  std::optional<app::InvitationView> out;
  CHECK(world.read(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    KS_TRY(out, app::invitation(tx, world.stores(), scope, id));
    return {};
  }) == "");
  REQUIRE(out);
  return *out;
}

std::string InvitationHouse::state(const std::string& id) {
  const Invitation now = seen(ann, id).invitation;
  return std::string(name(now.state)) + (now.reason.empty() ? "" : " " + now.reason);
}

std::vector<std::string> InvitationHouse::listed(const World::Person& by,
                                                 std::optional<InvitationState> state) {
  std::vector<std::string> out;
  const Outcome outcome =
      world.read(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
        out.clear();
        PageRequest page;
        page.limit = 2;
        for (;;) {
          KS_TRY(const auto found, app::invitations(tx, world.stores(), scope, state, page));
          for (const auto& view : found.items) out.push_back(view.invitation.email);
          if (!found.next) return {};
          page.after = *found.next;
        }
      });
  if (!outcome.empty()) out = {outcome};
  return out;
}

std::int64_t InvitationHouse::seats() {
  std::int64_t out = 0;
  CHECK(world.read(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
    const auto stores = world.stores();
    KS_TRY(const auto may, stores.authorizer.require<Action::org_read>(scope));
    KS_TRY(const Usage used, stores.plans.usage(tx, may));
    out = used.members;
    return {};
  }) == "");
  return out;
}

std::string InvitationHouse::roles(const World::Person& who) {
  for (const Membership& m : world.memberships(who)) {
    if (m.id != org) continue;
    std::string out(name(m.role));
    for (const auto& in : m.teams) out += " " + in.slug + "=" + std::string(name(in.role));
    return out;
  }
  return "";
}

void InvitationHouse::check_whole() {
  CHECK(world.database().fleet_read(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
    KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *kCounts, org));
    CHECK(rows[0].integer(0) + rows[0].integer(1) == rows[0].integer(2));
    CHECK(rows[0].integer(3) == 1);
    return {};
  }));
}

}  // namespace ks::people_test
