#include "app/access/reviews.hpp"

#include "api/access/present.hpp"
#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

Reply show(const AccessReview& review, const TenantScope& scope, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = present(review, scope);
  return reply;
}

Result<Reply> start(Tx& tx, const Services& services, const TenantScope& scope, const Call& call) {
  const std::string_view team = call.param("team");
  const auto place = team.empty() ? app::AccessPlace() : app::AccessPlace(team);
  KS_CHECK(app::require_review(tx, services.stores, scope, place));
  Fields fields(call.body, {});
  KS_CHECK(fields.done());
  KS_TRY(const auto made,
         app::start_review(tx, services.stores, scope, place, services.inactive_after));
  return show(made, scope, 201);
}

Result<app::RowDecision> decision_of(const Json& body) {
  Fields fields(body, {"decision", "confirm"});
  app::RowDecision out;
  const std::string given = fields.required_text("decision");
  if (given == name(Decision::removed))
    out.decision = Decision::removed;
  else if (!given.empty() && given != name(Decision::confirmed))
    fields.refuse("decision", "must be confirmed or removed");
  out.confirmed = fields.optional_flag("confirm").value_or(false);
  KS_CHECK(fields.done());
  return out;
}

}  // namespace

void mount_reviews(Router& router, Services& services) {
  constexpr std::string_view kMany = "/api/v1/orgs/{org}/access-reviews";
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/access-reviews/{review}";

  const auto begin = [&services](Tx& tx, const TenantScope& scope, const Call& call) {
    return start(tx, services, scope, call);
  };
  router.post<Member>(
      "/api/v1/orgs/{org}/access-review",
      {.action = Action::org_members_manage, .body = Body::optional_json, .creates = true}, begin);
  router.post<Member>(
      "/api/v1/orgs/{org}/teams/{team}/access-review",
      {.action = Action::members_manage, .body = Body::optional_json, .creates = true}, begin);

  // Who looks after the review's place may do all of these, so no one action stands for them: the
  // use cases ask for the right that it takes, which has one name at both places.
  constexpr Action deed = Action::org_members_manage;
  router.get<Member>(
      kMany, {.action = std::nullopt, .query = {"limit", "cursor", "team"}, .deed = deed},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const app::AccessPlace place = call.request.query_value("team");
        KS_TRY(const MayReview may, app::require_review(tx, services.stores, scope, place));
        const std::string list = "access-reviews/" + scope.org().str() + "/" +
                                 (may.team() ? may.team()->str() : std::string());
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page, app::reviews(tx, services.stores, scope, place, wanted));
        return list_reply(page, services.cursors, list,
                          [&](const AccessReview& review) { return present(review, scope); });
      });

  router.get<Member>(
      kOne, {.action = std::nullopt, .deed = deed},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const auto found, app::review(tx, services.stores, scope, call.param("review")));
        return show(found, scope);
      });

  router.get<Member>(
      "/api/v1/orgs/{org}/access-reviews/{review}/rows",
      {.action = std::nullopt, .query = {"limit", "cursor"}, .deed = deed},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const std::string list =
            "access-review-rows/" + scope.org().str() + "/" + std::string(call.param("review"));
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto found, app::review(tx, services.stores, scope, call.param("review")));
        KS_TRY(const auto page,
               app::review_rows(tx, services.stores, scope, found.id.text(), wanted));
        return list_reply(page, services.cursors, list,
                          [](const ReviewRow& row) { return present(row); });
      });

  router.put<Member>(
      "/api/v1/orgs/{org}/access-reviews/{review}/rows/{row}",
      {.action = std::nullopt, .body = Body::json, .deed = deed},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const auto wanted, decision_of(call.body));
        KS_CHECK(app::review(tx, services.stores, scope, call.param("review")));
        KS_TRY(const auto row, app::decide_right(tx, services.stores, scope, call.param("review"),
                                                 call.param("row"), wanted));
        Reply reply;
        reply.body = present(row);
        return reply;
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/access-reviews/{review}/finish",
      {.action = std::nullopt, .body = Body::optional_json, .deed = deed},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_CHECK(app::review(tx, services.stores, scope, call.param("review")));
        KS_TRY(const auto done,
               app::finish_review(tx, services.stores, scope, call.param("review")));
        return show(done, scope);
      });
}

}  // namespace ks::api
