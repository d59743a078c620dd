#include "app/ownership.hpp"

#include "api/api.hpp"
#include "api/lists.hpp"
#include "api/people/address.hpp"
#include "api/people/owned.hpp"
#include "api/people/present.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"

namespace ks::api {

namespace {

constexpr std::string_view kOffers = "/api/v1/orgs/{org}/ownership-offers";

Reply show(const OwnershipOffer& offer, const TenantScope& scope, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = present(offer, scope);
  return reply;
}

// A fault at /user for what is neither an id nor an address, as for nobody.
Result<PersonRef> user_of(Fields& fields, std::vector<Fault> values = {}) {
  const std::string user = fields.required_text("user");
  auto person = app::person_ref(user);
  const Fault no_person{"/user", "must be an id or an address"};
  if (!person) values.push_back(no_person);
  KS_CHECK(fields.done(values));
  if (!person) return invalid({no_person});
  return person;
}

// Nobody gets a second organization on the free plan by being given one.
Result<void> check_may_own(Tx& tx, const Caller& caller, const TenantScope& offered,
                           const Services& services) {
  KS_TRY(const Organization org, app::organization(tx, services.stores, offered));
  KS_TRY(auto owned, owned_by(tx, caller, services));
  std::erase_if(owned, [&](const Organization& own) { return own.id == org.id; });
  return app::check_may_own(owned, org);
}

}  // namespace

void mount_ownership(Router& router, Services& services) {
  router.get<Member>(
      kOffers, {.action = Action::org_read, .query = {"limit", "cursor"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const std::string list = "ownership-offers/" + scope.org().str();
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page, app::ownership_offers(tx, services.stores, scope, wanted));
        return list_reply(page, services.cursors, list,
                          [&](const OwnershipOffer& offer) { return present(offer, scope); });
      });

  router.post<Member>(
      kOffers, {Action::org_transfer, Body::json, true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.check(scope, Action::org_transfer));
        Fields fields(call.body, {"user"});
        KS_TRY(const PersonRef user, user_of(fields));
        KS_TRY(const OwnershipOffer offer, app::offer_ownership(tx, services.stores, scope, user));
        return show(offer, scope, 201);
      });

  // The limit on what a person owns is over all their organizations, so the person is asked for.
  router.post<Person>(
      "/api/v1/orgs/{org}/ownership-offers/{offer}/accept",
      {.action = std::nullopt, .body = Body::optional_json, .deed = Action::org_transfer},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        KS_TRY(const TenantScope scope, services.sessions.tenant(caller, call.param("org")));
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_TRY(const OwnershipOffer offer,
               app::accept_ownership(tx, services.stores, scope, call.param("offer")));
        KS_CHECK(check_may_own(tx, caller, scope, services));
        return show(offer, scope);
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/ownership-offers/{offer}/decline",
      {.action = std::nullopt, .body = Body::optional_json, .deed = Action::org_transfer},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_TRY(const OwnershipOffer offer,
               app::decline_ownership(tx, services.stores, scope, call.param("offer")));
        return show(offer, scope);
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/ownership-offers/{offer}/cancel",
      {Action::org_transfer, Body::optional_json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_TRY(const OwnershipOffer offer,
               app::cancel_ownership(tx, services.stores, scope, call.param("offer")));
        return show(offer, scope);
      });

  router.put<PlatformAdmin>(
      "/api/v1/platform/orgs/{org}/owner", {Action::orgs_appoint_owner, Body::json},
      [&services](const Caller& caller, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"user", "reason"});
        const std::string reason = fields.required_text("reason");
        KS_TRY(const PersonRef user, user_of(fields, app::reason_faults(reason)));
        KS_TRY(const TenantScope scope, administered(caller, call, services));
        KS_TRY(const Organization changed, services.db.write([&](Tx& tx) {
          return app::appoint_owner(tx, services.stores, scope, user, reason);
        }));
        Reply reply;
        reply.body = present(changed, scope);
        return reply;
      });
}

}  // namespace ks::api
