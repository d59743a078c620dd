#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/admission/body.hpp"
#include "api/admission/refusals.hpp"
#include "api/call.hpp"
#include "api/services.hpp"
#include "authz/action.hpp"
#include "http/router.hpp"

namespace ks::api {

// Who may reach a route. There is no default, and the choice decides what the handler is given: a
// public handler has no tenant to misuse, a member's handler runs inside the transaction in which
// the membership was checked.
struct Anyone {
  static constexpr std::string_view kName = "anyone";
  using Handler = std::function<Result<Reply>(const ClientScope&, const Call&)>;
};
// Signed in; acts on what is the person's own.
struct Person {
  static constexpr std::string_view kName = "person";
  using Handler = std::function<Result<Reply>(Tx&, const Caller&, const Call&)>;
};
// Signed in; does something to the session itself, or in more than one transaction. The handler
// opens its own.
struct Bearer {
  static constexpr std::string_view kName = "person";
  using Handler = std::function<Result<Reply>(const ClientScope&, const std::string& token,
                                              const Caller&, const Call&)>;
};
// A member of the organization that the path names as {org}.
struct Member {
  static constexpr std::string_view kName = "member";
  using Handler = std::function<Result<Reply>(Tx&, const TenantScope&, const Call&)>;
};
// A platform administrator; everybody else gets not_found. The handler opens its own transactions.
struct PlatformAdmin {
  static constexpr std::string_view kName = "platform_admin";
  using Handler = std::function<Result<Reply>(const Caller&, const Call&)>;
};

struct RouteSpec {
  // What the route needs, for the table of routes; the handler's own `require` is what decides.
  // None: being who the audience says is enough.
  std::optional<Action> action = {};
  Body body = Body::none;
  // Creates something: an Idempotency-Key is honoured.
  bool creates = false;
  // Names of the query parameters that it takes.
  std::vector<std::string_view> query = {};
  // Reads what it created once more, by its id, for an answer that was too long to keep.
  using Reread =
      std::function<Result<Reply>(Tx&, const TenantScope&, const Call&, std::string_view id)>;
  Reread reread = {};
  // Of a member's route: for its owner also an organization that is being deleted.
  bool ending = false;
  // Asks for the right once more before an answer is repeated, where no one action stands for it.
  std::function<Result<void>(Tx&, const TenantScope&)> may_still = {};
  // Where this is empty, `action`.
  DeedName deed = {};
  // Of a member's write: the array of the body whose items count as a request each.
  std::string_view priced_by = {};
  // Of a member's write: takes away what somebody may do, so it waits in no line with what they do.
  bool takes_rights = false;
};

// Registers typed handlers with the raw router: host to client, CSRF rule, session, body, one
// transaction, idempotency, problem replies.
class Router {
 public:
  Router(http::Router& raw, Services& services);

  template <class Who>
  void get(std::string_view pattern, const RouteSpec& spec, typename Who::Handler handler) {
    add(http::Method::get, pattern, spec, Who::kName, Handler(Who{}, std::move(handler)));
  }
  template <class Who>
  void post(std::string_view pattern, const RouteSpec& spec, typename Who::Handler handler) {
    add(http::Method::post, pattern, spec, Who::kName, Handler(Who{}, std::move(handler)));
  }
  template <class Who>
  void put(std::string_view pattern, const RouteSpec& spec, typename Who::Handler handler) {
    add(http::Method::put, pattern, spec, Who::kName, Handler(Who{}, std::move(handler)));
  }
  template <class Who>
  void patch(std::string_view pattern, const RouteSpec& spec, typename Who::Handler handler) {
    add(http::Method::patch, pattern, spec, Who::kName, Handler(Who{}, std::move(handler)));
  }
  template <class Who>
  void del(std::string_view pattern, const RouteSpec& spec, typename Who::Handler handler) {
    add(http::Method::del, pattern, spec, Who::kName, Handler(Who{}, std::move(handler)));
  }

  // A stream of events for a member: the handler is given the token too, since the right is checked
  // again as long as the stream lives.
  using StreamHandler = std::function<Result<http::Response>(
      const ClientScope&, const std::string& token, const TenantScope&, const Call&)>;
  void stream(std::string_view pattern, Action action, StreamHandler handler);

  // Work of a member in a transaction of its own: reads trust a cached caller under the guard.
  // `before_load` is asked where the session has to be read first, with whose it was when it was
  // read before; with nobody where nothing is known of the token.
  using BeforeLoad = std::function<Result<void>(const std::optional<Caller>&)>;
  template <class T>
  static Result<T> read_as(Services& services, const ClientScope& client, std::string_view token,
                           const SessionGate::TrailPtr& trail,
                           const std::function<Result<T>(Tx&, const Caller&)>& body,
                           const BeforeLoad& before_load = {},
                           SessionGate::Use use = SessionGate::Use::request);

 private:
  struct Handler {
    Handler(Anyone, Anyone::Handler h) : anyone(std::move(h)) {}
    Handler(Person, Person::Handler h) : person(std::move(h)) {}
    Handler(Bearer, Bearer::Handler h) : bearer(std::move(h)) {}
    Handler(Member, Member::Handler h) : member(std::move(h)) {}
    Handler(PlatformAdmin, PlatformAdmin::Handler h) : admin(std::move(h)) {}
    Anyone::Handler anyone;
    Person::Handler person;
    Bearer::Handler bearer;
    Member::Handler member;
    PlatformAdmin::Handler admin;
  };
  struct Route;
  void add(http::Method method, std::string_view pattern, const RouteSpec& spec,
           std::string_view audience, Handler handler);

  http::Router& raw_;
  Services& services_;
  std::shared_ptr<Refusals> refusals_;
};

template <class T>
Result<T> Router::read_as(Services& services, const ClientScope& client, std::string_view token,
                          const SessionGate::TrailPtr& trail,
                          const std::function<Result<T>(Tx&, const Caller&)>& body,
                          const BeforeLoad& before_load, SessionGate::Use use) {
  if (const auto known = services.sessions.cached(client, token, trail, use)) {
    auto result =
        services.db.read(known->guard(), [&](Tx& tx) -> Result<T> { return body(tx, *known); });
    if (result || result.error().problem != Database::kStaleGuard) return result;
  } else if (before_load) {
    KS_CHECK(before_load(services.sessions.remembered(client, token, trail)));
  }
  // Once more after a load: the rights may have changed between the load and the read.
  for (int tries = 0;; ++tries) {
    KS_TRY(const Caller caller, services.sessions.load(client, token, trail, use));
    auto result =
        services.db.read(caller.guard(), [&](Tx& tx) -> Result<T> { return body(tx, caller); });
    if (result || result.error().problem != Database::kStaleGuard || tries == 2) return result;
  }
}

}  // namespace ks::api
