#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/stores.hpp"
#include "domain/deployment/deployment_request.hpp"
#include "domain/sandbox/namespace_pattern.hpp"

namespace ks::app {

struct Created {
  DeploymentRow row;
  // Values that were made here: shown once, in the answer that made them.
  std::vector<DraftSecret> generated;
};

// Each of these authorizes, decides, writes and records in the transaction it is given. `team` and
// `deployment` are an id or a slug (a name).
Result<Created> create_deployment(Tx& tx, const Stores& stores, const NamespacePattern& pattern,
                                  const TenantScope& scope, std::string_view team,
                                  const DeploymentDraft& draft);
Result<DeploymentRow> deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 std::string_view team, std::string_view deployment);
// What deployment() would give, told apart from every other state of it.
Result<DeploymentStamp> deployment_stamp(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, std::string_view deployment);
Result<Page<ListedDeployment>> deployments(Tx& tx, const Stores& stores, const TenantScope& scope,
                                           std::string_view team, std::string_view name_prefix,
                                           const PageRequest& page);
// A merge patch of the workload; makes a revision when something changes. `templates`: what the
// template of the deployment says holds on.
Result<DeploymentRow> change_deployment(Tx& tx, const Stores& stores,
                                        const TemplateCatalogue& templates,
                                        const TenantScope& scope, std::string_view team,
                                        std::string_view deployment, const Json& patch,
                                        const std::optional<std::int64_t>& if_version);
// Always a revision: the tag is resolved afresh. `image` replaces that of the only service.
Result<DeploymentRow> deploy(Tx& tx, const Stores& stores, const TenantScope& scope,
                             std::string_view team, std::string_view deployment,
                             const std::optional<std::string>& image);
Result<DeploymentRow> restart_deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, std::string_view deployment);
// Frees the name and `deployments.max` at once. The row goes, and its amounts go back to the
// ledger, when the cluster has nothing left of it. Deleting what is being deleted changes nothing.
Result<DeploymentRow> delete_deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view team, std::string_view deployment,
                                        const std::optional<std::int64_t>& if_version);

// One that is not being deleted yet: gives its name and what it used back, and records it. The
// organization's usage is locked.
Result<void> end_deployment(Tx& tx, const Stores& stores,
                            const Permit<Action::deployments_delete, Team>& permit,
                            const DeploymentRow& row);

}  // namespace ks::app
