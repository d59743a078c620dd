#include "app/deployments.hpp"

#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/kept/deployment_writer.hpp"
#include "api/lists.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "domain/deployment/image.hpp"

namespace ks::api {

namespace {

Reply show(const DeploymentRow& row, const TenantScope& scope, const Services& services,
           int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = present(row, scope, services);
  reply.version = row.version;
  return reply;
}

// A stale version comes with what is there now.
Result<Reply> show_or_explain(Result<DeploymentRow> row, Tx& tx, const TenantScope& scope,
                              const Services& services, const Call& call, int status = 200) {
  if (row) return show(*row, scope, services, status);
  if (row.error().problem == "stale_version") {
    KS_TRY(const DeploymentRow now, app::deployment(tx, services.stores, scope, call.param("team"),
                                                    call.param("deployment")));
    row.error().current = present(now, scope, services).dump();
  }
  return std::unexpected(std::move(row).error());
}

}  // namespace

void mount_deployments(Router& router, Services& services) {
  constexpr std::string_view kMany = "/api/v1/orgs/{org}/teams/{team}/deployments";
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}";

  const auto texts = std::make_shared<DeploymentTexts>();
  const RouteSpec::Reread reread = [&services](Tx& tx, const TenantScope& scope, const Call& call,
                                               std::string_view id) -> Result<Reply> {
    KS_TRY(const DeploymentRow row,
           app::deployment(tx, services.stores, scope, call.param("team"), id));
    return show(row, scope, services);
  };

  router.get<Member>(
      kMany, {.action = Action::deployments_read, .query = {"limit", "cursor", "name"}},
      [&services, texts](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const std::string prefix(call.request.query_value("name").value_or(""));
        const std::string list = "deployments/" + scope.org().str() + "/" +
                                 std::string(call.param("team")) + "?" + prefix;
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page,
               app::deployments(tx, services.stores, scope, call.param("team"), prefix, wanted));
        DeploymentWriter writer(*texts, services, scope);
        Reply reply;
        reply.text = R"({"items":[)";
        for (const ListedDeployment& item : page.items) {
          if (reply.text.back() != '[') reply.text += ',';
          KS_CHECK(writer.append(reply.text, item.stamp, item.row));
        }
        reply.text += R"(],"next_cursor":)";
        if (page.next) {
          reply.next_cursor = services.cursors.make(*page.next, list);
          append_json_string(reply.text, *reply.next_cursor);
        } else {
          reply.text += "null";
        }
        reply.text += '}';
        return reply;
      });

  router.post<Member>(
      kMany, {Action::deployments_create, Body::json, true, {}, reread},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        // Who may not deploy here learns nothing about the body.
        const Authorizer& authorizer = services.stores.authorizer;
        KS_TRY(const TeamId team, authorizer.find_team(tx, scope, call.param("team")));
        KS_CHECK(authorizer.check(tx, scope, team, Action::deployments_create));
        KS_TRY(const DeploymentDraft draft,
               draft_from_json(call.body, services.templates, services.stores.random));
        KS_TRY(const app::Created made,
               app::create_deployment(tx, services.stores, services.namespaces, scope,
                                      call.param("team"), draft));
        Reply reply = show(made.row, scope, services, 201);
        reply.location = call.request.path + "/" + made.row.name;
        if (!made.generated.empty()) {
          Json values = Json::object();
          for (const DraftSecret& secret : made.generated) values.set(secret.name, secret.value);
          reply.once = Json::object({{"generated", std::move(values)}});
        }
        return reply;
      });

  router.get<Member>(
      kOne, {Action::deployments_read},
      [&services, texts](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const DeploymentStamp stamp,
               app::deployment_stamp(tx, services.stores, scope, call.param("team"),
                                     call.param("deployment")));
        Reply reply;
        KS_TRY(reply.version,
               DeploymentWriter(*texts, services, scope).append(reply.text, stamp, [&] {
                 return app::deployment(tx, services.stores, scope, stamp.team.text(),
                                        stamp.id.text());
               }));
        return reply;
      });

  router.patch<Member>(
      kOne, {Action::deployments_update, Body::json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        return show_or_explain(
            app::change_deployment(tx, services.stores, services.templates, scope,
                                   call.param("team"), call.param("deployment"), call.body,
                                   call.if_match()),
            tx, scope, services, call);
      });

  router.del<Member>(
      kOne, {Action::deployments_delete},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        return show_or_explain(
            app::delete_deployment(tx, services.stores, scope, call.param("team"),
                                   call.param("deployment"), call.if_match()),
            tx, scope, services, call, 202);
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/restart",
      {Action::deployments_restart, Body::optional_json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_TRY(const DeploymentRow row,
               app::restart_deployment(tx, services.stores, scope, call.param("team"),
                                       call.param("deployment")));
        return show(row, scope, services, 202);
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/deploy",
      {Action::deployments_update, Body::optional_json, true, {}, reread},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"image"});
        const auto image = fields.optional_text("image");
        const auto read = parse_image(image.value_or("x"));
        KS_CHECK(fields.done(read ? std::vector<Fault>()
                                  : std::vector{Fault{"/image", read.error().message}}));
        KS_TRY(const DeploymentRow row, app::deploy(tx, services.stores, scope, call.param("team"),
                                                    call.param("deployment"), image));
        return show(row, scope, services, 202);
      });
}

}  // namespace ks::api
