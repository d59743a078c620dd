#include "sync/isolation_sign.hpp"

#include "base/log.hpp"

namespace ks::sync {

void IsolationSign::pump() {
  if (clock_.monotonic() < next_) return;
  next_ = clock_.monotonic() + kEvery;
  const auto lease = cluster_.get(
      {kube::kinds::kLease, config_.system_namespace, std::string(IsolationSignature::kLease)});
  if (!lease) {
    if (!lease.error().is_not_found() && !lease.error().is_transient())
      log::warn("the sign of the last look at the isolation cannot be read",
                {{"cause", lease.error().message}});
    return;
  }
  const auto sign = IsolationSignature::of_lease(*lease);
  if (!sign) return;
  // Where looks are quicker than this, the one that was seen before: later statuses are newer.
  const auto settled = sign == seen_ ? sign : seen_;
  seen_ = sign;
  if (!settled || settled == stored_) return;
  const auto done =
      carrier_.write([&](Tx& tx) { return stores_.isolation.sign(tx, kSyncFleet, *settled); });
  if (done)
    stored_ = settled;
  else
    log::warn("the last look at the isolation is not stored", {{"cause", done.error().message}});
}

}  // namespace ks::sync
