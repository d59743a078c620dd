#include "bench/world.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <stdlib.h>

#include "app/organizations.hpp"
#include "app/plans.hpp"

namespace ks::bench {

namespace {
// Large transactions: loading is not what is measured.
constexpr std::size_t kPerTransaction = 500;
}  // namespace

void give_up(const Error& error) {
  fmt::print(stderr, "{}: {}\n", error.problem, error.message);
  std::exit(1);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

Folder::Folder() {
  path_ = std::filesystem::temp_directory_path() / "ks-bench-XXXXXX";
  KS_ASSERT(::mkdtemp(path_.data()) != nullptr);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

World::World(const sql::DatabaseOptions& options, std::size_t callers_max)
    : trail_(std::make_shared<const Trail>(Trail{"bench", "192.0.2.1"})),
      stores_(std::string(32, 'k'), clock_, random_),
      db_(must(sql::open_database(options, clock_))),
      gate_(std::make_unique<SessionGate>(*db_, stores_.accounts, clock_, random_,
                                          SessionGate::Options{callers_max})) {}

ClientScope World::client() const {
  return FleetScope(FleetReason::setup).client(platform_client());
}

Tenant World::add_person(Tx& tx, const std::string& name, bool platform_admin) {
  const Time now = clock_.now();
  const UserId id = UserId::make(clock_, random_);
  must(stores_.accounts.create_user(
      tx, client(), NewUser{id, name + "@example.com", name, "", platform_admin, now}));
  Tenant tenant{random_token(random_, 32), {}};
  must(stores_.accounts.create_session(tx, client(),
                                       NewSession{SessionId::make(clock_, random_),
                                                  SessionGate::token_hash(tenant.token), id, now}));
  return tenant;
}

std::vector<Tenant> World::add_tenants(std::size_t count, std::size_t first) {
  std::vector<Tenant> out;
  out.reserve(count);
  while (out.size() < count) {
    const std::size_t done = out.size();
    const std::size_t until = std::min(count, done + kPerTransaction);
    auto batch = must(db_->write([&](Tx& tx) -> Result<std::vector<Tenant>> {
      std::vector<Tenant> made;
      for (std::size_t i = done; i < until; ++i) {
        const std::string name = fmt::format("person-{}", first + i);
        Tenant tenant = add_person(tx, name, false);
        KS_TRY(const Caller caller, gate_->load_in(tx, client(), tenant.token, trail_));
        KS_TRY(const app::Founded founded,
               app::found(tx, app(), gate_->founding(caller.person()), name, std::nullopt));
        tenant.org_slug = founded.slug;
        made.push_back(std::move(tenant));
      }
      return made;
    }));
    std::ranges::move(batch, std::back_inserter(out));
  }
  return out;
}

Caller World::load(const Tenant& tenant) {
  return must(gate_->load(client(), tenant.token, trail_));
}

void World::lift_limits(const Tenant& tenant) {
  must(db_->write([&](Tx& tx) -> Result<void> {
    if (administrator_.token.empty()) administrator_ = add_person(tx, "administrator", true);
    KS_TRY(const Caller admin, gate_->load_in(tx, client(), administrator_.token, trail_));
    KS_TRY(const Caller owner, gate_->load_in(tx, client(), tenant.token, trail_));
    KS_TRY(const TenantScope own, gate_->tenant(owner, tenant.org_slug));
    KS_TRY(const TenantScope scope, gate_->administration(admin, own.org()));
    KS_CHECK(app::set_plan(tx, app(), scope, "enterprise"));
    return {};
  }));
}

}  // namespace ks::bench
