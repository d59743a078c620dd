#include "sync/purge.hpp"

#include <atomic>

#include "base/id.hpp"
#include "base/log.hpp"
#include "runtime/fiber.hpp"
#include "store/organizations.hpp"

namespace ks::sync {

namespace {
const FleetScope kFleet(FleetReason::purge);
constexpr std::string_view kLease = "purge";
constexpr Duration kNap = milliseconds(200);
constexpr int kStems = 500;
constexpr int kMails = 500;
// Answers of before are nobody's by then, and may name what is purged.
constexpr Duration kAnswerLife = hours(24);
constexpr int kAnswers = 10'000;

using EndPermit = Permit<Action::org_purge, Org>;
}  // namespace

struct Purge::Impl : std::enable_shared_from_this<Purge::Impl> {
  Impl(Stores s, kube::Cluster& c, Config conf, const Clock& cl, Random& random)
      : stores(s), cluster(c), config(conf), clock(cl), holder(uuid_v7(cl, random)) {}

  Stores stores;
  kube::Cluster& cluster;
  Config config;
  const Clock& clock;
  std::string holder;
  std::atomic<bool> stopping{false};
  runtime::Event stopped;
  runtime::Event ending;  // stop() was called.

  template <class Body>
  auto write(Body&& body) {
    return stores.db.fleet_write(kFleet, std::forward<Body>(body));
  }
  template <class Body>
  auto read(Body&& body) {
    return stores.db.fleet_read(kFleet, std::forward<Body>(body));
  }

  EndPermit permit(const PurgeStore::Due& due) const {
    auto allowed = stores.authorizer.require<Action::org_purge>(kFleet.tenant(due.client, due.org));
    KS_ASSERT(allowed.has_value());
    return std::move(*allowed);
  }

  Result<void> begin(const PurgeStore::Due& due) {
    const auto may = permit(due);
    return write([&](Tx& tx) -> Result<void> {
      KS_TRY(const bool begun, stores.purge.begin(tx, may, clock.now() - kRestoreWithin));
      if (!begun) return {};
      return stores.journal.record(
          tx, may, Deed{Action::org_purge, "organization", due.org.str(), Json::object()},
          std::nullopt, clock.now());
    });
  }

  // True when the cluster has nothing left of it. The operator ends what is in a sandbox, and the
  // sandbox itself is gone after its namespace.
  Result<bool> leave_cluster(const EndPermit& may) {
    KS_TRY(const auto names, read([&](Tx& tx) { return stores.purge.namespaces(tx, may); }));
    bool left = false;
    for (const std::string& name : names) {
      const kube::Ref ref{kube::kinds::kSandbox, "", name};
      const auto there = cluster.get(ref);
      if (!there && there.error().is_not_found()) continue;
      if (!there) return unavailable("cluster_unavailable", there.error().message);
      left = true;
      // Somebody else's object of that name is not ours to remove.
      if (there->text("spec", "orgId") != may.id().text())
        return conflict("sandbox_taken", "the sandbox " + name + " is another organization's");
      if (!there->text("metadata", "deletionTimestamp").empty()) continue;
      kube::DeleteOptions options;
      options.uid = there->text("metadata", "uid");
      const auto removed = cluster.remove(ref, options);
      if (!removed && !removed.error().is_not_found())
        return unavailable("cluster_unavailable", removed.error().message);
    }
    return !left;
  }

  // Names of before the register of names are put into it now.
  Result<void> keep_names(const EndPermit& may) {
    const auto given = write([&](Tx& tx) -> Result<void> {
      KS_TRY(const auto names, stores.purge.namespaces(tx, may));
      for (const std::string& name : names)
        KS_CHECK(stores.names.give(tx, may, ClusterName::namespace_, name));
      return {};
    });
    KS_CHECK(given);
    std::string after;
    for (;;) {
      KS_TRY(const auto stems, write([&](Tx& tx) -> Result<std::vector<std::string>> {
               KS_TRY(auto found, stores.purge.stems(tx, may, after, kStems));
               for (const std::string& stem : found)
                 KS_CHECK(stores.names.give(tx, may, ClusterName::stem, stem));
               return found;
             }));
      if (stems.size() < kStems) return {};
      after = stems.back();
    }
  }

  // Before the rows: they alone know which files are whose.
  Result<void> remove_mail_files(const EndPermit& may) {
    if (!stores.remove_mail_files) return {};
    MailId after = *MailId::parse("00000000-0000-0000-0000-000000000000");
    for (;;) {
      KS_TRY(const auto mails,
             read([&](Tx& tx) { return stores.purge.mails(tx, may, after, kMails); }));
      KS_CHECK(stores.remove_mail_files(mails));
      if (mails.size() < kMails) return {};
      after = mails.back();
    }
  }

  Result<void> remove_rows(const EndPermit& may) {
    for (std::size_t table = 0; table < stores.purge.tables(); ++table)
      for (std::int64_t removed = config.batch; removed >= config.batch;) {
        KS_TRY(removed,
               write([&](Tx& tx) { return stores.purge.empty(tx, may, table, config.batch); }));
      }
    return {};
  }

  Result<void> end(const PurgeStore::Due& due) {
    if (!due.begun) return begin(due);
    const auto may = permit(due);
    KS_TRY(const bool left, leave_cluster(may));
    if (!left) return {};
    KS_CHECK(keep_names(may));
    KS_CHECK(remove_mail_files(may));
    KS_CHECK(remove_rows(may));
    const auto finished = write([&](Tx& tx) -> Result<void> {
      const Time now = clock.now();
      KS_CHECK(stores.idempotency.forget_older(tx, kFleet, now - kAnswerLife, kAnswers));
      KS_CHECK(stores.names.orphan_slugs(tx, may, now + kSlugRest));
      return stores.purge.finish(tx, may, now);
    });
    KS_CHECK(finished);
    log::info("an organization was purged", {{"org", due.org.text()}});
    return {};
  }

  Result<void> round() {
    const Time now = clock.now();
    // Longer than a round may take: the work itself needs no lease to be right.
    KS_TRY(const auto lease, write([&](Tx& tx) {
             return stores.sync.lease(tx, kFleet, kLease, holder, now, now + config.every * 5);
           }));
    if (!lease) return {};
    KS_CHECK(write([&](Tx& tx) { return stores.names.sweep(tx, kFleet, now); }));
    KS_TRY(const auto due, read([&](Tx& tx) {
             return stores.purge.due(tx, kFleet, now - kRestoreWithin, config.organizations);
           }));
    Result<void> first;
    for (const auto& one : due) {
      if (stopping) break;
      // One that cannot go on does not hold up the others.
      auto ended = end(one);
      if (ended) continue;
      log::warn("an organization is not purged yet",
                {{"org", one.org.text()}, {"cause", ended.error().message}});
      if (first) first = std::move(ended);
    }
    return first;
  }

  void work() {
    Time next = clock.monotonic();
    while (!stopping) {
      if (clock.monotonic() < next) {
        ending.wait_for(kNap);
        continue;
      }
      if (auto done = round(); !done)
        log::warn("purging did not come to its end; it goes on later",
                  {{"cause", done.error().message}});
      next = clock.monotonic() + config.every;
    }
    const auto released =
        write([&](Tx& tx) { return stores.sync.release(tx, kFleet, kLease, holder); });
    if (!released) log::warn("purge lease not given back");
    stopped.set();
  }
};

Purge::Purge(Stores stores, kube::Cluster& cluster, Config config, const Clock& clock,
             Random& random)
    : impl_(std::make_shared<Impl>(stores, cluster, config, clock, random)) {}

void Purge::start(runtime::Loop& loop) {
  loop.spawn([impl = impl_] { impl->work(); });
}
void Purge::stop() {
  impl_->stopping = true;
  impl_->ending.set();
}
void Purge::wait_stopped() { impl_->stopped.wait(); }
Result<void> Purge::round() { return impl_->round(); }

}  // namespace ks::sync
