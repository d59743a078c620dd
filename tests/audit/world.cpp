#include "tests/audit/world.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

AuditWorld::AuditWorld(EngineCase& engine, std::uint64_t seed)
    : engine_(engine),
      random_(seed),
      writer_(audit::chain_key(kInstallationKey), random_),
      journal_(writer_),
      store_(writer_),
      sync_(journal_, engine.clock()),
      keeper_(std::make_unique<audit::HeadKeeper>(
          engine.database(), store_, sync_,
          audit::file_sink(sink_path(), audit::sink_key(kInstallationKey)), engine.clock(),
          random_)) {}

OrgId AuditWorld::add_org(int rows) {
  const OrgId org = id_of<Org>(++orgs_);
  REQUIRE(db().write([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(permit_on(org), *kPutOrg, "org-" + std::to_string(orgs_)));
    return {};
  }));
  add_rows(org, rows);
  return org;
}

void AuditWorld::add_rows(const OrgId& org, int rows) {
  for (int i = 0; i < rows; ++i) {
    engine_.clock().advance(seconds(1));
    REQUIRE(db().write([&](Tx& tx) {
      return journal_.record(
          tx, permit_on(org),
          Deed{Action::teams_create, "team", id_of<Team>(i + 1).str(), Json::object({{"n", i}})},
          std::nullopt, engine_.clock().now());
    }));
  }
}

void AuditWorld::add_client_rows(int rows) {
  for (int i = 0; i < rows; ++i) {
    ClientDeed deed;
    deed.action = account_actions::kSignIn;
    deed.by = ClientDeed::By::anonymous;
    deed.target_kind = "account";
    deed.outcome = Deed::Outcome::denied;
    deed.personal = {{{"email"}, "person" + std::to_string(i) + "@example.com"}};
    REQUIRE(db().write([&](Tx& tx) {
      return store_.record(tx, client_scope(), deed, Trail{"request", "192.0.2.7"},
                           engine_.clock().now());
    }));
  }
}

int AuditWorld::tell() const {
  const auto told = keeper_->round();
  REQUIRE(told.has_value());
  return *told;
}

bool AuditWorld::Found::has(const std::string& chain, AuditFault::Kind kind,
                            std::int64_t seq) const {
  const auto at = chains.find(chain);
  return at != chains.end() && std::ranges::any_of(at->second.faults, [&](const AuditFault& f) {
           return f.kind == kind && f.seq == seq;
         });
}

AuditWorld::Found AuditWorld::verify(const std::string& org) {
  audit::VerifyOptions options;
  options.key = audit::chain_key(kInstallationKey);
  options.sink_key = audit::sink_key(kInstallationKey);
  options.sink_path = sink_path();
  options.org = org;
  options.now = engine_.clock().now();
  Found found;
  auto report = audit::verify(db(), store_, options, [&](const audit::ChainFaults& faults) {
    auto [at, fresh] = found.chains.try_emplace(audit::chain_name(faults.chain), faults);
    if (fresh) return;
    auto& all = at->second;
    all.count += faults.count;
    all.faults.insert(all.faults.end(), faults.faults.begin(), faults.faults.end());
  });
  REQUIRE(report.has_value());
  found.report = std::move(*report);
  return found;
}

std::string AuditWorld::chain_of(const OrgId& org) {
  return audit::chain_name({platform_client(), org});
}
std::string AuditWorld::client_chain() {
  return audit::chain_name({platform_client(), std::nullopt});
}

void on_files(const std::function<void(AuditWorld&)>& promise) {
  using Kind = EngineCase::Kind;
  for (const Kind kind : {Kind::sqlite_file, Kind::postgres}) {
    if (kind == Kind::postgres && !PostgresServer::available()) continue;
    EngineCase engine(kind);
    INFO(engine.name());
    AuditWorld world(engine);
    promise(world);
  }
}

}  // namespace ks::test
