#include "tests/twin/arguments.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

namespace ks::test {

namespace {

using Values = std::map<std::string, Argument, std::less<>>;

// Fits the rows that world.cpp makes.
const Values& usual() {
  static const Values kUsual{
      {"id", number_id(1)},
      {"team_id", number_id(1)},
      {"deployment_id", number_id(1)},
      {"sandbox_id", number_id(1)},
      {"user_id", number_id(1)},
      {"created_by", number_id(1)},
      {"of_client", number_id(1)},
      {"after_client", number_id(0)},
      {"after_id", number_id(0)},
      {"after_team", number_id(0)},
      {"granted_by", number_id(2)},
      {"seen_until", 1000},
      {"most_replicas", 2},
      {"replicas_allowed", -1},
      {"kept", 0},
      {"kept_max", 0},
      {"started_before", 0},
      {"review_id", number_id(1)},
      {"numbered", 7},
      {"number", 1},
      {"after_number", 0},
      {"rights", 3},
      {"confirmed", 1},
      {"removed", 1},
      {"changed", 1},
      {"undecided", 1},
      {"decision", "confirmed"},
      {"decision_before", "pending"},
      {"of_org", number_id(1)},
      {"of_team", ""},
      {"after_org", number_id(0)},
      {"keep", 0},
      {"others", 0},
      {"hash", "hash"},
      {"upto", 1},
      {"observed", 0},
      {"name", "web"},
      {"slug", "team"},
      {"description", "d"},
      {"email", "one@x.test"},
      {"email_proved_at", 0},
      {"recipient", number_id(1)},
      {"hour_ago", -1},
      {"day_ago", -1},
      {"own_will", 1},
      {"purpose", "reset"},
      {"subject", "subject"},
      {"said", "{\"observed_revision\":1,%"},
      {"since", 0},
      {"kept", "kept"},
      {"device", "curl"},
      {"locale", "de"},
      {"network", "192.0.2.1"},
      {"password_hash", "p"},
      {"platform_admin", 0},
      {"old_hash", "old"},
      {"new_hash", "new"},
      {"token_hash", "hash"},
      {"hash", "hash"},
      {"deleted_after", 0},
      {"batch", 100},
      {"key_hash", "key"},
      {"key", "key"},
      {"value", "new"},
      {"holder", "holder"},
      {"now", 500},
      {"until", 2000},
      {"beyond", 5000},
      {"failures", 1},
      {"expires_at", 2000},
      {"not_before", 0},
      {"than", 200},
      {"before", 200},
      {"removed_after", 50},
      {"from_user", number_id(1)},
      {"to_user", number_id(2)},
      {"removed_before", 200},
      {"invited_by", number_id(1)},
      {"answered_by", number_id(2)},
      {"org_wide", 1},
      {"life_days", 7},
      {"resends_since", 400},
      {"resends", 1},
      {"told_before", 200},
      {"sent_after", -1},
      {"settled_before", 200},
      {"stale_before", 200},
      {"idle_before", 100},
      {"over_before", 0},
      {"restart_before", 0},
      {"tries", 10},
      {"window_start", 100},
      {"after", 0},
      {"after_name", ""},
      {"after_stem", ""},
      {"prefix_low", ""},
      {"prefix_high", "~"},
      {"page_size", 100},
      {"stretch", 100},
      {"version", 1},
      {"generation", 2},
      {"revision", 9},
      {"ready", 1},
      {"phase", "Ready"},
      {"reason", "r"},
      {"suspended_for", "r"},
      {"egress", "[]"},
      {"suspended_at", 1},
      {"message", "m"},
      {"status", "{}"},
      {"spec", "{}"},
      {"template", "nginx"},
      {"sealed", "s"},
      {"wrapped", "w"},
      {"claim", "c"},
      {"isolation", "shared"},
      {"seen", "{}"},
      {"findings", 1},
      {"checked_at", 100},
      {"complete", 1},
      {"findings_min", 0},
      {"role", "org_member"},
      {"plan", "free"},
      {"plan_key", "business"},
      {"plan_version", 1},
      {"cpu_milli", 1},
      {"memory_bytes", 1},
      {"storage_bytes", 1},
      {"deployments", 1},
      {"teams", 1},
      {"members", 1},
      {"cpu", 1},
      {"memory", 1},
      {"storage", 1},
      {"deployments_max", 100},
      {"teams_max", 100},
      {"members_max", 100},
      {"cpu_max", 100},
      {"memory_max", 100},
      {"storage_max", 100},
      {"seq", 2},
      {"prev", "p"},
      {"mac", "m"},
      {"at", 1},
      {"actor_kind", "user"},
      {"actor_id", number_id(1)},
      {"address", "a"},
      {"request_id", "r"},
      {"action", "a"},
      {"target_kind", "team"},
      {"target_id", number_id(1)},
      {"result", "ok"},
      {"detail", "{}"},
      {"kind", "team"},
      {"of_owner", number_id(1)},
      {"about_kind", "invitation"},
      {"about_id", number_id(1)},
      {"attempt", 1},
      {"next_at", 3000},
      {"give_up_at", 9000},
      {"state", "sent"},
      {"salt", "salt"},
      {"head", 1},
      {"from_at", 0},
      {"until_at", 100},
      {"request_mac", "m"},
      {"location", "l"},
      {"etag", "e"},
      {"body", "{}"},
  };
  return kUsual;
}

// Where a statement needs something else: a free key, a row that may go.
const std::map<std::string, Values, std::less<>>& special() {
  static const std::string kFree = number_id(5);
  static const Values kNewest{{"after_at", 100}, {"after_seq", 9}, {"result", "ok"}};
  static const Values kOldest{{"after_at", 0}, {"after_seq", 0}, {"result", "ok"}};
  static const std::map<std::string, Values, std::less<>> kSpecial{
      {"audit_newest", kNewest},
      {"audit_newest_by_actor", kNewest},
      {"audit_newest_by_action", kNewest},
      {"audit_newest_by_target", kNewest},
      {"audit_oldest", kOldest},
      {"audit_oldest_by_actor", kOldest},
      {"audit_oldest_by_action", kOldest},
      {"audit_oldest_by_target", kOldest},
      {"audit_salt_create", {{"user_id", number_id(3)}}},
      {"deployment_create", {{"id", kFree}, {"name", "new"}, {"stem", "new"}}},
      {"deployment_forget", {{"id", number_id(2)}}},
      {"deployment_secret_create", {{"name", "new"}}},
      {"deployments_all", {{"after", number_id(0)}}},
      {"sandboxes_all", {{"after", number_id(0)}}},
      {"sandbox_strayed", {{"id", number_id(2)}}},
      {"workloads_per_sandbox", {{"after", number_id(0)}}},
      {"sandbox_create", {{"id", kFree}, {"user_id", number_id(3)}, {"namespace", "new"}}},
      {"login_network_seen", {{"hash", "new"}}},
      {"login_networks_trimmed", {{"hash", "new"}}},
      {"mail_create", {{"id", kFree}}},
      {"mails_per_kind", {{"kind", "k"}}},
      {"mails_per_recipient", {{"kind", "k"}}},
      {"mail_create_for_client", {{"id", kFree}}},
      {"mail_settle", {{"id", number_id(2)}}},
      {"mail_again", {{"id", number_id(2)}}},
      {"idempotency_reserve", {{"key_hash", "new"}}},
      {"idempotency_store", {{"key_hash", "new"}, {"status", 201}}},
      {"access_review_create", {{"id", kFree}, {"team_id", number_id(2)}}},
      {"audit_set_head",
       {{"user_id", number_id(1)}, {"role", "org_owner"}, {"team_role", "team_admin"}}},
      {"access_review_of_org", {{"review_id", number_id(2)}}},
      {"access_review_of_teams", {{"review_id", number_id(2)}}},
      {"access_review_of_team", {{"review_id", number_id(2)}}},
      {"org_member_create", {{"user_id", number_id(3)}}},
      {"former_member_find", {{"user_id", number_id(3)}, {"email", ""}}},
      {"former_member_forget", {{"user_id", number_id(3)}}},
      {"former_member_remember", {{"teams", "[]"}}},
      {"appointee_find", {{"email", ""}}},
      {"ownership_offer_create", {{"id", kFree}}},
      {"ownership_offer_settle", {{"id", number_id(2)}, {"state", "accepted"}, {"reason", ""}}},
      {"ownership_offers_expire", {{"now", 5000}}},
      {"ownership_offers_per_target", {{"user_id", number_id(2)}}},
      {"invitation_create", {{"id", kFree}, {"email", "new@x.test"}, {"token_hash", "new"}}},
      {"invitation_team_set", {{"team_id", number_id(2)}, {"role", "developer"}}},
      {"invitation_renew", {{"token_hash", "new"}}},
      {"invitation_settle", {{"state", "declined"}}},
      {"invitations_expire", {{"now", 5000}}},
      {"invitations_per_org", {{"state", "pending"}}},
      {"invitations_per_team", {{"state", ""}}},
      {"organizations_with_overdue_invitations", {{"now", 5000}}},
      {"member_remove", {{"user_id", number_id(2)}}},
      {"member_add", {{"user_id", number_id(3)}}},
      {"team_member_set", {{"user_id", number_id(2)}, {"role", "developer"}}},
      {"team_member_create", {{"user_id", number_id(2)}, {"role", "developer"}}},
      {"organization_any_by_id", {}},
      {"organization_any_by_slug", {{"slug", "blue"}}},
      {"organization_create", {{"slug", "new"}}},
      {"organization_set", {{"slug", "other"}}},
      {"team_set", {{"slug", "other"}}},
      {"session_created", {{"id", kFree}, {"token_hash", "new"}}},
      {"sessions_trimmed", {{"id", kFree}}},
      {"session_renewed", {{"id", kFree}}},
      {"setup_token_created", {{"token_hash", "new"}}},
      {"setup_tokens_swept", {{"now", 1000}}},
      {"team_create", {{"id", kFree}, {"slug", "new"}}},
      {"team_end", {{"id", number_id(2)}}},
      {"team_members_remove", {}},
      {"team_forget", {{"id", number_id(3)}}},
      {"team_slug_holder_before", {{"slug", "former"}}},
      {"team_slug_taken_up", {{"slug", "former"}}},
      {"team_slug_let_go", {{"slug", "new"}}},
      {"slug_claimed", {{"hash", "new"}, {"holder", number_id(1)}}},
      {"slug_unclaimed", {{"hash", "used"}, {"holder", number_id(1)}}},
      {"slug_let_go", {{"holder", number_id(1)}}},
      {"slugs_orphaned", {{"holder", number_id(1)}}},
      {"name_given", {{"kind", "stem"}, {"hash", "new"}}},
      {"teams_per_org", {{"after", ""}}},
      {"stems_per_org", {{"after", ""}}},
      {"mails_per_org", {{"after", number_id(0)}}},
      {"teams_per_member", {{"after", ""}}},
      {"user_created", {{"id", kFree}, {"email", "new@x.test"}}},
      {"user_email_set", {{"email", "new@x.test"}}},
      {"account_link_put", {{"token_hash", "new"}}},
      {"account_links_to", {{"address", "one@x.test"}}},
      {"account_link_way_back_to", {{"address", "back@x.test"}}},
      {"account_links_swept", {{"now", 1000}}},
      {"access_reminders_due", {{"since", 500}}},
      {"access_reminder_begin", {{"since", 500}, {"now", 600}}},
  };
  return kSpecial;
}

// Statements that begin an organization, give one what it lacks yet, or want one that is ending.
int org_of(std::string_view name) {
  if (name == "organization_create") return 9;
  for (const std::string_view other :
       {"subscription_create", "usage_create", "org_key_create", "ownership_offer_create"})
    if (name == other) return 8;
  for (const std::string_view ending :
       {"organization_restore", "organization_begin_purge", "purge_sandboxes", "purge_teams"})
    if (name == ending) return 8;
  if (name == "organization_purged") return 15;
  return 1;
}

}  // namespace

Call call_of(const sql::StatementText& statement, const std::string& unique) {
  Call call;
  call.org = org_of(statement.name);
  const auto own = special().find(statement.name);
  const std::size_t scope = statement.scope == sql::Scope::fleet    ? 0
                            : statement.scope == sql::Scope::client ? 1
                                                                    : 2;
  for (const std::string_view parameter : statement.parameters.subspan(scope)) {
    const Argument* found = nullptr;
    if (own != special().end()) {
      const auto at = own->second.find(parameter);
      if (at != own->second.end()) found = &at->second;
    }
    if (found == nullptr) {
      const auto at = usual().find(parameter);
      if (at != usual().end()) found = &at->second;
    }
    if (found == nullptr) {
      FAIL("no argument is known for :" << std::string(parameter) << " of "
                                        << std::string(statement.name));
      return call;
    }
    const bool by_nature = std::ranges::any_of(kUniqueByNature, [&](const std::string& column) {
      return column.substr(column.find('.') + 1) == parameter;
    });
    if (by_nature && !unique.empty())
      call.own.emplace_back(std::string(found->value().text()) + unique);
    else
      call.own.push_back(*found);
  }
  return call;
}

}  // namespace ks::test
