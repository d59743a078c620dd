#include "identity/own/links.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "identity/network.hpp"
#include "identity/new_account.hpp"
#include "identity/refusals.hpp"

namespace ks {

std::string MailedLinks::hashed(const ClientScope& scope, std::string_view kind,
                                std::string_view what) const {
  return hex(hmac_fields(key_, {kind, scope.client().text(), what}));
}

NetworkKeys MailedLinks::network_keys(const ClientScope& scope, std::string_view kind,
                                      const Trail& trail) const {
  return NetworkKeys::of(trail.address,
                         [&](const std::string& what) { return hashed(scope, kind, what); });
}

Result<RateTry> MailedLinks::count_mail(Tx& tx, const ClientScope& scope, std::string_view kind,
                                        std::string_view mailbox, std::string_view spare) const {
  const std::string name(kind);
  const Time now = parts_.clock.now();
  KS_TRY(const RateTry in_day,
         parts_.store.count_try(tx, scope, hashed(scope, name + "-mailbox", mailbox),
                                bounds_.mailed_per_mailbox, now));
  if (in_day.allowed) return in_day;
  KS_TRY(RateTry beyond, parts_.store.count_try(tx, scope, hashed(scope, name + "-beyond", spare),
                                                bounds_.mailed_beyond, now));
  beyond.again_at = std::min(beyond.again_at, in_day.again_at);
  return beyond;
}

Result<void> MailedLinks::count_ask(const ClientScope& scope, std::string_view kind,
                                    std::string_view whom, const std::optional<EmailAddress>& to,
                                    const Trail& trail) {
  if (!parts_.outbox.on())
    return unavailable("mail_off", "This installation sends no mail, and this needs one.");
  const std::string network = network_of(trail.address);
  const std::string name(kind);
  const std::string who(whom);
  const struct {
    std::string key;
    RateBound bound;
  } counts[] = {{hashed(scope, name + "-account", who + "\n" + network), bounds_.asked_per_account},
                {hashed(scope, name + "-anywhere", who), bounds_.asked_per_account_anywhere}};
  const NetworkKeys from = network_keys(scope, name + "-network", trail);
  const Time now = parts_.clock.now();
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    KS_TRY(const NetworkTry here,
           count_try(parts_.store, tx, scope, from, bounds_.asked_per_network, now));
    if (!here.allowed) return too_many(here.again_at - now);
    for (const auto& [key, bound] : counts) {
      KS_TRY(const RateTry counted, parts_.store.count_try(tx, scope, key, bound, now));
      if (!counted.allowed) return too_many(counted.again_at - now);
    }
    if (!to) return {};
    // Sign-ups and changes of address are one purpose: that an address be shown to be somebody's.
    const std::string mailbox = to->mailbox();
    KS_TRY(const RateTry mailed, count_mail(tx, scope, "proof", mailbox, mailbox + "\n" + network));
    if (!mailed.allowed) return too_many(mailed.again_at - now);
    return {};
  });
}

MailedLinks::Fresh MailedLinks::fresh(AccountLink row, Duration life) const {
  std::string token = random_token(parts_.random, kTokenBytes);
  row.token_hash = SessionGate::token_hash(token);
  row.created_at = parts_.clock.now();
  row.expires_at = row.created_at + life;
  return {LinkToken(std::move(token)), std::move(row)};
}

Result<AccountLink> MailedLinks::find(const ClientScope& scope, LinkPurpose purpose,
                                      std::string_view token, const Trail& trail) {
  const NetworkKeys from = network_keys(scope, "link-network", trail);
  const std::string hash = SessionGate::token_hash(token);
  const Time now = parts_.clock.now();
  // Committed also when there is no such link.
  KS_TRY(const auto found, parts_.db.write([&](Tx& tx) -> Result<std::optional<AccountLink>> {
    KS_TRY(const NetworkTry counted,
           count_try(parts_.store, tx, scope, from, bounds_.tried_per_network, now));
    if (!counted.allowed) return too_many(counted.again_at - now);
    return parts_.links.find(tx, scope, purpose, hash, now);
  }));
  if (!found) return link_invalid();
  return *found;
}

Result<AccountLink> MailedLinks::use(Tx& tx, const ClientScope& scope,
                                     const AccountLink& found) const {
  KS_TRY(auto used,
         parts_.links.use(tx, scope, found.purpose, found.token_hash, parts_.clock.now()));
  if (!used) return link_invalid();
  return std::move(*used);
}

}  // namespace ks
