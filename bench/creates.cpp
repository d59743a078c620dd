// creates sqlite|postgres: deployments created through the use case in one process, beside the same
// rows written by the driver alone.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/deployments.hpp"
#include "bench/contest.hpp"
#include "domain/deployment/deployment_request.hpp"

namespace ks::bench {

namespace {

class Creates final : public Contest {
 public:
  Creates(const sql::DatabaseOptions& options, std::size_t writes)
      : Contest(options, writes),
        templates_(TemplateCatalogue::system()),
        tenants_(world().add_tenants(kWriters)) {
    for (const Tenant& tenant : tenants_) {
      world().lift_limits(tenant);
      places_.push_back(place(tenant));
    }
  }

 private:
  std::function<void(std::size_t, std::size_t)> ready() override {
    return [this](std::size_t w, std::size_t) { (void)create(tenants_[w]); };
  }

  DeploymentRow create(const Tenant& tenant) {
    const Json body = Json::object({{"name", fmt::format("web-{}", ++names_)},
                                    {"image", "docker.io/nginxinc/nginx-unprivileged:1.27"},
                                    {"port", 8080}});
    const DeploymentDraft draft = must(draft_from_json(body, templates_, world().random()));
    return must(world().db().write([&](Tx& tx) -> Result<DeploymentRow> {
      KS_TRY(const Caller caller,
             world().gate().load_in(tx, world().client(), tenant.token, world().trail()));
      KS_TRY(const TenantScope scope, world().gate().tenant(caller, tenant.org_slug));
      KS_TRY(app::Created made,
             app::create_deployment(tx, world().app(), {}, scope, "default", draft));
      return std::move(made.row);
    }));
  }

  RawPlace place(const Tenant& tenant) {
    const DeploymentRow row = create(tenant);
    const Caller caller = world().load(tenant);
    const TenantScope scope = must(world().gate().tenant(caller, tenant.org_slug));
    auto sandbox = must(world().db().read([&](Tx& tx) -> Result<std::optional<SandboxRow>> {
      KS_TRY(const auto may,
             world().stores().authorizer.require<Action::deployments_create>(tx, scope, row.team));
      return world().stores().sandboxes.find(tx, may, caller.user().id, std::nullopt);
    }));
    return {scope.client().str(),     scope.org().str(),      row.team.str(),
            sandbox.value().id.str(), caller.user().id.str(), to_json(row.workload).dump()};
  }

  std::vector<std::vector<RawRow>> raw_rows() override {
    std::vector<std::vector<RawRow>> out(kWriters);
    for (std::size_t w = 0; w < kWriters; ++w)
      for (std::size_t i = 0; i < each(); ++i) {
        const std::string name = fmt::format("raw-{}", ++names_);
        out[w].push_back(raw_parameters({places_[w], uuid_v7(world().clock(), world().random()),
                                         name + "-" + random_suffix(world().random(), 6), name,
                                         std::to_string(world().clock().now().us)}));
      }
    return out;
  }

  TemplateCatalogue templates_;
  std::vector<Tenant> tenants_;
  std::vector<RawPlace> places_;
  std::atomic<std::size_t> names_ = 0;
};

}  // namespace

}  // namespace ks::bench

int main(int argc, char** argv) {
  using namespace ks::bench;
  return run({"create", kRawStatements, 6400, 3200,
              [](const auto& options, std::size_t writes) {
                return std::make_unique<Creates>(options, writes);
              }},
             argc, argv);
}
