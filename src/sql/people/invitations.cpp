#include "sql/people/invitations.hpp"

#include <algorithm>

#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

constexpr std::string_view kActive = "active";

// Columns of the statements that give whole invitations.
enum Column {
  kId,
  kEmail,
  kRole,
  kOrgWide,
  kState,
  kReason,
  kBy,
  kByName,
  kByEmail,
  kAnsweredBy,
  kVersion,
  kLifeDays,
  kCreatedAt,
  kExpiresAt,
  kSentAt,
  kResendsSince,
  kResends,
  kSettledAt,
  kMailState,
  kMailReason,
  kMailAttempts,
  kMailQueuedAt,
  kMailChangedAt,
  kTeam,
  kTeamNameThen,
  kTeamRole,
  kTeamBy,
  kTeamByName,
  kTeamSlug,
  kTeamName,
  kTeamDescription,
  kLocale
};

Result<std::optional<MailDelivery>> delivery_at(const Row& row) {
  if (row.is_null(kMailState)) return std::optional<MailDelivery>();
  const auto state = mail_state(row.text(kMailState));
  if (!state) return bug("mails holds a state that is not known");
  return std::optional(MailDelivery{*state, row.str(kMailReason),
                                    static_cast<int>(row.integer(kMailAttempts)),
                                    row.time(kMailQueuedAt), row.time(kMailChangedAt)});
}

Result<Invitation> invitation_at(const Row& row) {
  const auto role = org_role(row.text(kRole));
  const auto state = invitation_state(row.text(kState));
  if (!role || !state) return bug("invitations holds a role or a state that is not known");
  KS_TRY(auto delivery, delivery_at(row));
  const bool pending = *state == InvitationState::pending;
  return Invitation{
      row.id<Invite>(kId),
      row.str(kEmail),
      *role,
      row.flag(kOrgWide),
      *state,
      row.str(kReason),
      row.id<User>(kBy),
      row.str_or_empty(kByName),
      row.str_or_empty(kByEmail),
      row.id_or_null<User>(kAnsweredBy),
      row.integer(kVersion),
      static_cast<int>(row.integer(kLifeDays)),
      row.time(kCreatedAt),
      row.time(kExpiresAt),
      Resends{row.time(kSentAt), row.time(kResendsSince), static_cast<int>(row.integer(kResends))},
      pending ? std::nullopt : std::optional(row.time(kSettledAt)),
      {},
      std::move(delivery),
      locale_or_english(row.text(kLocale))};
}

Result<Invitation::Part> part_at(const Row& row) {
  const auto role = team_role(row.text(kTeamRole));
  if (!role) return bug("invitation_teams holds a role that is not known");
  const bool gone = row.is_null(kTeamSlug);
  return Invitation::Part{row.id<Team>(kTeam),
                          *role,
                          row.id<User>(kTeamBy),
                          row.str_or_empty(kTeamByName),
                          gone ? row.str(kTeamNameThen) : row.str(kTeamName),
                          gone ? std::string() : row.str(kTeamSlug),
                          gone ? std::string() : row.str(kTeamDescription),
                          gone};
}

// One row a team, one row without a team where there is none.
Result<std::vector<Invitation>> invitations_of(const std::vector<Row>& rows) {
  std::vector<Invitation> out;
  for (const Row& row : rows) {
    if (out.empty() || out.back().id.text() != row.text(kId)) {
      KS_TRY(auto invitation, invitation_at(row));
      out.push_back(std::move(invitation));
    }
    if (row.is_null(kTeam)) continue;
    KS_TRY(auto part, part_at(row));
    out.back().parts.push_back(std::move(part));
  }
  return out;
}

std::vector<InvitationId> ids_of(const std::vector<Row>& rows) {
  std::vector<InvitationId> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back(row.id<Invite>(0));
  return out;
}

}  // namespace

Result<Page<Invitation>> SqlInvitationStore::list(Tx& tx, const MaySeeInvitations& may,
                                                  const std::optional<InvitationState>& state,
                                                  const PageRequest& page, Time now) {
  const std::string_view after = page.after.empty() ? kFirstId : std::string_view(page.after);
  const std::string_view wanted = state ? name(*state) : std::string_view();
  const int read = page.limit + 1;
  std::vector<Invitation> found;
  if (may.whole()) {
    KS_TRY(const auto rows,
           sql_tx(tx).run(may.permit(), q::invitations_per_org, after, wanted, now, read));
    KS_TRY(found, invitations_of(rows));
  } else {
    // A page of each team holds whatever the page of all of them can.
    for (const TeamId& team : may.teams()) {
      KS_TRY(const auto rows,
             sql_tx(tx).run(may.permit(), q::invitations_per_team, team, after, wanted, now, read));
      KS_TRY(auto of_team, invitations_of(rows));
      std::ranges::move(of_team, std::back_inserter(found));
    }
    std::ranges::sort(found, {}, &Invitation::id);
    const auto twice = std::ranges::unique(found, {}, &Invitation::id);
    found.erase(twice.begin(), twice.end());
  }
  Page<Invitation> out;
  const auto limit = static_cast<std::size_t>(page.limit);
  if (found.size() > limit) {
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    out.next = found.back().id.str();
  }
  out.items = std::move(found);
  return out;
}

Result<std::optional<Invitation>> SqlInvitationStore::find(Tx& tx, const AnyPermit& permit,
                                                           const InvitationId& id) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::invitation_by_id, id));
  KS_TRY(auto found, invitations_of(rows));
  if (found.empty()) return std::optional<Invitation>();
  return std::optional(std::move(found.front()));
}

Result<std::optional<InvitationId>> SqlInvitationStore::find_pending(Tx& tx,
                                                                     const AnyPermit& permit,
                                                                     std::string_view email) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::invitation_pending_id, email));
  if (!row) return std::optional<InvitationId>();
  return std::optional(row->id<Invite>(0));
}

Result<std::optional<UserId>> SqlInvitationStore::find_member(Tx& tx, const MayInvite& may,
                                                              std::string_view email) {
  KS_TRY(const auto row, sql_tx(tx).run(may.permit(), q::member_id_by_email, email));
  if (!row) return std::optional<UserId>();
  return std::optional(row->id<User>(0));
}

Result<std::optional<InvitationStore::Held>> SqlInvitationStore::find_by_token(
    Tx& tx, const MayAnswer& may, std::string_view token_hash) {
  KS_TRY(const auto row, sql_tx(tx).run(may, q::invitation_by_token, token_hash));
  if (!row) return std::optional<Held>();
  KS_TRY(auto found, find(tx, may, row->id<Invite>(0)));
  if (!found) return std::optional<Held>();
  return std::optional(
      Held{std::move(*found), MailOrg{row->str(1), row->str(2)}, row->text(3) == kActive});
}

Result<bool> SqlInvitationStore::address_has_account(Tx& tx, const MayAnswer& may,
                                                     const InvitationId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(may, q::invitation_address_known, id));
  return row.has_value();
}

Result<std::optional<Resends>> SqlInvitationStore::last_sent(Tx& tx, const MayInvite& may,
                                                             std::string_view email,
                                                             Time sent_after) {
  KS_TRY(const auto row, sql_tx(tx).run(may.permit(), q::invitation_last_sent, email, sent_after));
  if (!row) return std::optional<Resends>();
  return std::optional(Resends{row->time(0), row->time(1), static_cast<int>(row->integer(2))});
}

Result<bool> SqlInvitationStore::create(Tx& tx, const MayInvite& may, const Invitation& fresh,
                                        const std::optional<Locale>& locale,
                                        std::string_view token_hash) {
  KS_TRY(const auto created,
         sql_tx(tx).run(may.permit(), q::invitation_create, fresh.id, fresh.email, name(fresh.role),
                        fresh.org_wide ? 1 : 0, token_hash, fresh.by, fresh.life_days,
                        fresh.created_at, fresh.expires_at, fresh.resends.since,
                        fresh.resends.count, locale ? name(*locale) : std::string_view()));
  return created == 1;
}

Result<void> SqlInvitationStore::set(Tx& tx, const AnyPermit& permit, const Invitation& changed) {
  KS_CHECK(sql_tx(tx).run(permit, q::invitation_set, name(changed.role), changed.org_wide ? 1 : 0,
                          changed.by, name(changed.locale), changed.id));
  return {};
}

Result<bool> SqlInvitationStore::set_part(Tx& tx, const MayInvite& may, const InvitationId& id,
                                          const Invitation::Part& part) {
  KS_ASSERT(may.over(part.team));
  KS_TRY(const auto set, sql_tx(tx).run(may.permit(), q::invitation_team_set, id, name(part.role),
                                        part.by, part.team));
  return set == 1;
}

Result<void> SqlInvitationStore::remove_part(Tx& tx, const AnyPermit& permit,
                                             const InvitationId& id, const TeamId& team) {
  KS_CHECK(sql_tx(tx).run(permit, q::invitation_team_remove, id, team));
  return {};
}

Result<bool> SqlInvitationStore::renew(Tx& tx, const MayInvite& may, const Invitation& renewed,
                                       std::string_view token_hash) {
  KS_TRY(const auto set, sql_tx(tx).run(may.permit(), q::invitation_renew, token_hash,
                                        renewed.expires_at, renewed.resends.sent_at,
                                        renewed.resends.since, renewed.resends.count, renewed.id));
  return set == 1;
}

Result<bool> SqlInvitationStore::settle(Tx& tx, const AnyPermit& permit, const InvitationId& id,
                                        InvitationState state, std::string_view reason,
                                        const std::optional<UserId>& answered_by, Time now) {
  KS_TRY(const auto settled,
         sql_tx(tx).run(permit, q::invitation_settle, name(state), reason, answered_by, now, id));
  return settled == 1;
}

Result<std::vector<InvitationId>> SqlInvitationStore::expire(Tx& tx, const AnyPermit& permit,
                                                             Time now) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::invitations_expire, now));
  return ids_of(rows);
}

Result<std::vector<InvitationId>> SqlInvitationStore::pending(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::invitations_pending));
  return ids_of(rows);
}

Result<std::vector<InvitationId>> SqlInvitationStore::pending_of(Tx& tx, const AnyPermit& permit,
                                                                 const UserId& user) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::invitations_pending_per_inviter, user));
  return ids_of(rows);
}

Result<std::optional<Standing>> SqlInvitationStore::standing(Tx& tx, const AnyPermit& permit,
                                                             const UserId& user) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::standing_of_member, user));
  if (rows.empty()) return std::optional<Standing>();
  Standing out;
  out.org_role = org_role(rows.front().text(0));
  if (!out.org_role) return bug("org_members holds a role that is not known");
  for (const Row& row : rows) {
    if (row.is_null(1)) continue;
    const auto role = team_role(row.text(2));
    if (!role) return bug("team_members holds a role that is not known");
    out.teams.push_back({row.id<Team>(1), {}, *role});
  }
  return std::optional(std::move(out));
}

Result<bool> SqlInvitationStore::tell(Tx& tx, const AnyPermit& permit, const InvitationId& id,
                                      Time now, Time told_before) {
  KS_TRY(const auto told, sql_tx(tx).run(permit, q::invitation_tell, now, id, told_before));
  return told == 1;
}

Result<std::vector<InvitationStore::Administrator>> SqlInvitationStore::administrators(
    Tx& tx, const AnyPermit& permit, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::administrators_of_org, limit));
  std::vector<Administrator> out;
  for (const Row& row : rows) out.push_back({row.str(0), row.str(1)});
  return out;
}

Result<std::vector<InvitationStore::Tenant>> SqlInvitationStore::with_overdue(
    Tx& tx, const FleetScope& fleet, Time now, int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::organizations_with_overdue_invitations, now, limit));
  std::vector<Tenant> out;
  for (const Row& row : rows) out.push_back({row.id<Client>(0), row.id<Org>(1)});
  return out;
}

Result<std::int64_t> SqlInvitationStore::forget_older(Tx& tx, const FleetScope& fleet,
                                                      Time settled_before, int limit) {
  return sql_tx(tx).run(fleet, q::invitations_swept, settled_before, limit);
}

}  // namespace ks::sql
