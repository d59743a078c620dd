#include "identity/invitation_tries.hpp"

#include "base/digest.hpp"
#include "identity/network.hpp"
#include "identity/refusals.hpp"

namespace ks {

InvitationTries::InvitationTries(Database& db, AccountStore& store, const Clock& clock,
                                 Options options)
    : db_(db), store_(store), clock_(clock), options_(std::move(options)) {
  KS_ASSERT_MSG(options_.limit_key.size() >= 32, "the key of the rate limits is too short");
}

Result<void> InvitationTries::check(const ClientScope& client, const Trail& trail,
                                    const std::function<Result<bool>(Tx&)>& exists) const {
  const std::string network = network_of(trail.address);
  const NetworkKeys from = NetworkKeys::of(trail.address, [&](const std::string& what) {
    return hex(hmac_fields(options_.limit_key, {"invitation-token", client.client().text(), what}));
  });
  const Time now = clock_.now();
  KS_TRY(const bool found, db_.write_for(network, [&](Tx& tx) -> Result<bool> {
    KS_TRY(const NetworkTry counted, count_try(store_, tx, client, from, options_.bound, now));
    if (!counted.allowed) return too_many(counted.again_at - now);
    KS_TRY(const bool right, exists(tx));
    if (right) KS_CHECK(give_back(store_, tx, client, from, counted));
    return right;
  }));
  if (!found) return not_found();
  return {};
}

}  // namespace ks
