#include "identity/own/sessions.hpp"

#include "authz/recent.hpp"
#include "identity/new_account.hpp"
#include "identity/own/recovery.hpp"
#include "identity/refusals.hpp"

namespace ks {

Result<std::vector<OwnSessions::Item>> OwnSessions::list(Tx& tx, const Caller& caller) const {
  KS_TRY(auto rows, parts_.store.list_sessions(tx, caller.person()));
  const Time now = parts_.clock.now();
  std::vector<Item> out;
  for (OwnSession& row : rows) {
    if (!session_alive(row.seen_at, row.expires_at, now)) continue;
    const bool current = row.token_hash == caller.session_hash();
    out.push_back({std::move(row), current});
  }
  return out;
}

Result<bool> OwnSessions::end(Tx& tx, const Caller& caller, std::string_view id) const {
  const auto session = SessionId::parse(id);
  if (!session) return not_found();
  KS_TRY(const auto ended, parts_.store.end_session(tx, caller.person(), *session));
  if (!ended) return not_found();
  ClientDeed deed = deed_of(account_actions::kEndSession, caller.user().id);
  deed.target_kind = "session";
  deed.target_id = session->str();
  KS_CHECK(parts_.audit.record(tx, caller.person().client_scope(), deed, *caller.person().trail(),
                               parts_.clock.now()));
  return *ended == caller.session_hash();
}

Result<void> OwnSessions::end_others(Tx& tx, const Caller& caller) const {
  const ClientScope scope = caller.person().client_scope();
  KS_TRY(const auto ended,
         parts_.store.end_sessions(tx, scope, caller.user().id, caller.session_hash()));
  if (ended == 0) return {};
  ClientDeed deed = deed_of(account_actions::kEndSessions, caller.user().id);
  deed.detail = Json::object({{"ended", ended}});
  return parts_.audit.record(tx, scope, deed, *caller.person().trail(), parts_.clock.now());
}

Result<OwnSessions::Renewed> OwnSessions::change_password(const ClientScope& scope,
                                                          const Caller& caller,
                                                          std::string_view token,
                                                          std::string_view password) {
  const UserRow& user = caller.user();
  const Trail& trail = *caller.person().trail();
  if (user.email == kDevEmail)
    return conflict("no_password", "The account of development mode has no password.");
  KS_CHECK(require_recent_password(caller.person(), parts_.clock.now()));
  if (const auto ok = check_password(password); !ok)
    return invalid({Fault{"/password", ok.error().message}});
  const std::string key = links_.hashed(scope, "password-changes", user.id.text());
  KS_TRY(const RateTry counted, parts_.db.write([&](Tx& tx) {
    return parts_.store.count_try(tx, scope, key, kPasswordChanges, parts_.clock.now());
  }));
  if (!counted.allowed) return too_many(counted.again_at - parts_.clock.now());
  KS_TRY(const std::string hash, parts_.hasher.hash(password));
  FreshSession fresh = fresh_session(parts_.clock, parts_.random, user.id, trail);
  const Time now = fresh.row.now;
  const Result<void> written = parts_.db.write([&](Tx& tx) -> Result<void> {
    // First, so that a login with the old password is either ended here or refused.
    KS_CHECK(parts_.store.set_password(tx, scope, user.id, hash, now));
    KS_TRY(const bool renewed,
           parts_.store.renew_session(tx, scope, SessionGate::token_hash(token), fresh.row));
    if (!renewed) return session_ended();
    KS_CHECK(end_access(tx, parts_, scope, user.id, fresh.row.token_hash));
    KS_TRY(const EmailAddress to, EmailAddress::parse(user.email));
    KS_CHECK(parts_.outbox.queue(tx, scope,
                                 Mail{.to = to,
                                      .content = mails::PasswordChanged{now},
                                      .about = {"account", user.id.str()}}));
    return parts_.audit.record(tx, scope, deed_of(account_actions::kPassword, user.id), trail, now);
  });
  KS_CHECK(written);
  parts_.gate.forget(token);
  return Renewed{user, std::move(fresh.token)};
}

}  // namespace ks
