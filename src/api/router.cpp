#include "api/router.hpp"

#include "api/admission/admission.hpp"
#include "api/admission/body.hpp"
#include "api/admission/identified.hpp"
#include "api/admission/in_flight.hpp"
#include "api/admission/once.hpp"
#include "api/fields.hpp"
#include "api/people/address.hpp"
#include "app/limit_notice.hpp"
#include "authz/policy.hpp"
#include "base/log.hpp"
#include "http/problem.hpp"

namespace ks::api {

namespace {

std::unexpected<Error> unauthenticated() {
  auto error = invalid("Sign in first.");
  error.error().code = Error::Code::denied;
  error.error().problem = "unauthenticated";
  error.error().status = 401;
  return error;
}

std::optional<std::string_view> optional_header(const http::Request& request,
                                                std::string_view name) {
  return request.headers.find(name);
}

// Whoever signs up or in has little to say.
constexpr std::size_t kStrangersBodyMax = 16 * 1024;
constexpr std::size_t kBodyMax = 1 << 20;

}  // namespace

struct Router::Route {
  Services& services;
  RouteSpec spec;
  Handler handler;
  std::shared_ptr<InFlight> in_flight;
  std::shared_ptr<Refusals> refusals;

  Result<http::Response> serve(http::Request& request, Admission& admission) const {
    KS_TRY(const Identified who, identified(services, request, admission));
    if (handler.anyone || who.token.empty()) KS_CHECK(admission.by_address());
    if (handler.anyone) {
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      const Call call{request, std::move(body)};
      auto reply = handler.anyone(who.client, call);
      if (!reply) {
        note_denied_if_known(who, request, reply.error());
        return std::unexpected(std::move(reply).error());
      }
      return to_response(request, std::move(*reply));
    }
    if (who.token.empty()) return unauthenticated();
    if (kind_of(request.method) == RequestLimits::Kind::read) return read(who, request, admission);
    return write(who, request, admission);
  }

  // Whether a body is read at all: decided from the head alone, so that nobody who is not signed in
  // can make the server hold a large one.
  Result<http::BodyWelcome> welcome(const http::Request& request, Admission& admission) const {
    if (kind_of(request.method) == RequestLimits::Kind::read)
      return http::BodyWelcome{.bytes_max = 0};
    KS_TRY(const Identified who, identified(services, request, admission));
    if (handler.anyone || who.token.empty()) KS_CHECK(admission.by_address());
    if (handler.anyone) return http::BodyWelcome{.bytes_max = kStrangersBodyMax};
    if (who.token.empty()) return unauthenticated();
    auto caller = services.sessions.remembered(who.client, who.token, who.trail);
    if (!caller) {
      KS_CHECK(admission.by_address());
      KS_TRY(caller, services.sessions.load(who.client, who.token, who.trail));
    }
    // Charged before the body comes: whoever never sends it was counted all the same.
    KS_CHECK(admission.by_person(*caller));
    // Where none is taken, a small one is read to say so with its fault.
    return http::BodyWelcome{.bytes_max = spec.body == Body::none ? kStrangersBodyMax : kBodyMax,
                             .known = true,
                             .holder = "person " + caller->user().id.str()};
  }

  Result<http::Response> read(const Identified& who, http::Request& request,
                              Admission& admission) const {
    const Call call{request, Json::object()};
    if (handler.admin) {
      KS_TRY(const Caller caller, load(services, who, admission));
      KS_CHECK(check_administrator(who, caller, request));
      KS_TRY(Reply reply,
             told_together(check_query(request, spec.query), handler.admin(caller, call)));
      return to_response(request, std::move(reply));
    }
    std::optional<UserId> reader;
    auto reply = Router::read_as<Reply>(
        services, who.client, who.token, who.trail,
        [&](Tx& tx, const Caller& caller) -> Result<Reply> {
          reader = caller.user().id;
          KS_CHECK(admission.by_person(caller));
          return run(tx, caller, call);
        },
        [&](const std::optional<Caller>& known) {
          return known ? admission.by_person(*known) : admission.by_address();
        });
    if (!reply) {
      if (reader) note_denied(who, *reader, request, reply.error());
      return std::unexpected(std::move(reply).error());
    }
    return to_response(request, std::move(*reply));
  }

  Result<void> check_administrator(const Identified& who, const Caller& caller,
                                   const http::Request& request) const {
    if (caller.platform_admin()) return {};
    auto hidden = not_found();
    note(who, caller.user().id, request, hidden.error());
    return hidden;
  }

  Result<Reply> run(Tx& tx, const Caller& caller, const Call& call) const {
    const auto query = check_query(call.request, spec.query);
    if (!query && kind_of(call.request.method) != RequestLimits::Kind::read)
      return std::unexpected(query.error());
    return told_together(query, handled(tx, caller, call));
  }

  Result<Reply> handled(Tx& tx, const Caller& caller, const Call& call) const {
    if (handler.person) return handler.person(tx, caller, call);
    const bool looks = kind_of(call.request.method) == RequestLimits::Kind::read;
    auto scope = services.sessions.tenant(caller, call.param("org"));
    if (!scope && spec.ending) scope = services.sessions.ending(caller, call.param("org"));
    if (!scope && looks) scope = organization_before(tx, caller, call.param("org"), services);
    KS_CHECK(scope);
    auto reply = handler.member(tx, *scope, call);
    if (reply || !looks || reply.error().code != Error::Code::not_found) return reply;
    const auto again = team_before(tx, *scope, call, services);
    return again ? handler.member(tx, *scope, *again) : reply;
  }

  Result<http::Response> write(const Identified& who, http::Request& request,
                               Admission& admission) const {
    // Who is not signed in learns nothing about bodies; then the body, then the write.
    KS_TRY(const Caller caller, load(services, who, admission));
    if (handler.bearer) {
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      auto reply = handler.bearer(who.client, who.token, caller, Call{request, std::move(body)});
      if (!reply) {
        note_denied(who, caller.user().id, request, reply.error());
        return std::unexpected(std::move(reply).error());
      }
      return to_response(request, std::move(*reply));
    }
    if (handler.admin) {
      KS_CHECK(check_administrator(who, caller, request));
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      KS_TRY(Reply reply, handler.admin(caller, Call{request, std::move(body)}));
      return to_response(request, std::move(reply));
    }
    KS_TRY(Json body, parse_body(request, spec.body));
    KS_CHECK(check_if_match(request));
    KS_CHECK(admission.by_price(caller, price_of(body)));
    const Call call{request, std::move(body)};
    const auto key = spec.creates ? optional_header(request, "Idempotency-Key") : std::nullopt;
    if (key && (key->empty() || key->size() > 255))
      return invalid({Fault{"Idempotency-Key", "must have 1 to 255 characters"}});
    std::optional<Keyed> answer;
    InFlight::Stay running;
    if (key) {
      answer = keyed(services, caller, call, *key);
      running = in_flight->enter(answer->hash);
      if (!running)
        return conflict("request_in_progress", "A request with this key is still being worked on.");
    }
    auto reply = services.db.write_for(whose(caller, request), [&](Tx& tx) -> Result<Reply> {
      KS_TRY(const Caller current, services.sessions.load_in(tx, who.client, who.token, who.trail));
      if (!answer) return run(tx, current, call);
      return once(tx, current, call, *answer);
    });
    running.reset();
    if (!reply) {
      note_denied(who, caller.user().id, request, reply.error());
      tell_of_limit(caller, request, reply.error());
      return std::unexpected(led_on(caller, call, std::move(reply).error()));
    }
    return to_response(request, std::move(*reply));
  }

  // Who writes under a slug of before learns the one of now, or would look for what is there.
  Error led_on(const Caller& caller, const Call& call, Error error) const {
    if (!handler.member || error.problem != "not_found") return error;
    error.message += slugs_now(caller, call, services);
    return error;
  }

  // What was refused is refused whether or not anybody can be told.
  void tell_of_limit(const Caller& caller, const http::Request& request, const Error& error) const {
    if (!handler.member || !error.limit || error.problem != "plan_limit_reached") return;
    const auto told = [&]() -> Result<void> {
      KS_TRY(const TenantScope scope, services.sessions.tenant(caller, request.param("org")));
      KS_TRY(const bool due, services.db.read([&](Tx& tx) {
        return app::limit_notice_due(tx, services.stores, scope, *error.limit);
      }));
      if (!due) return {};
      return services.db.write_for(whose(caller, request), [&](Tx& tx) {
        return app::limit_notice(tx, services.stores, scope, *error.limit);
      });
    }();
    if (!told) log::debug("nobody was told of a limit", {{"cause", told.error().message}});
  }

  // Whose share of the writers a write takes: the locks it may wait for are the organization's. Who
  // is no member of it takes none of its share. What takes rights away has a share of its own, or
  // somebody could hold off their removal by working; who may do neither stays in the line of all.
  std::string whose(const Caller& caller, const http::Request& request) const {
    if (handler.member)
      if (const auto scope = services.sessions.tenant(caller, request.param("org"))) {
        const bool apart = spec.takes_rights &&
                           policy::allows_on_org(scope->standing(), Action::org_members_manage);
        // Nor does the owner wait behind administrators, each of whom the owner can take out.
        const bool owns = scope->standing().org_role == OrgRole::owner;
        return scope->org().str() + (!apart ? "" : owns ? "/rights/owner" : "/rights");
      }
    return caller.person().user().str();
  }

  std::int64_t price_of(const Json& body) const {
    const Json* items = spec.priced_by.empty() ? nullptr : body.find(spec.priced_by);
    return items != nullptr && items->is_array() ? std::ssize(items->as_array()) : 1;
  }

  // Runs the handler the first time a key is seen, and gives its answer again after that.
  Result<Reply> once(Tx& tx, const Caller& caller, const Call& call, const Keyed& key) const {
    const Time now = services.stores.clock.now();
    const Time not_before = now - kAnswerLife;
    IdempotencyStore& answers = services.stores.idempotency;
    KS_TRY(const bool first,
           answers.reserve(tx, caller.person(), key.hash, key.mac, not_before, now));
    if (first) {
      KS_TRY(Reply reply, run(tx, caller, call));
      KS_CHECK(answers.store(tx, caller.person(), key.hash,
                             kept(key, reply, spec.reread != nullptr), now));
      return reply;
    }
    KS_CHECK(may_still(tx, caller, call));
    KS_TRY(const auto stored, answers.find(tx, caller.person(), key.hash, not_before));
    if (!stored) return bug("a key is taken and has no answer");
    KS_TRY(Reply reply, repeated(key, *stored));
    if (!reply.body.is_string()) return reply;
    KS_TRY(const TenantScope scope, services.sessions.tenant(caller, call.param("org")));
    KS_TRY(Reply read, spec.reread(tx, scope, call, reply.body.as_string()));
    reply.body = std::move(read.body);
    reply.version = read.version;
    return reply;
  }

  // Rights are asked for again before an answer is repeated.
  Result<void> may_still(Tx& tx, const Caller& caller, const Call& call) const {
    if (handler.person || (!spec.action && !spec.may_still)) return {};
    KS_TRY(const TenantScope scope, services.sessions.tenant(caller, call.param("org")));
    if (!spec.action) return spec.may_still(tx, scope);
    if (!is_team_action(*spec.action)) return services.stores.authorizer.check(scope, *spec.action);
    KS_TRY(const TeamId team, services.stores.authorizer.find_team(tx, scope, call.param("team")));
    return services.stores.authorizer.check(tx, scope, team, *spec.action);
  }

  void note_denied(const Identified& who, const UserId& person, const http::Request& request,
                   const Error& error) const {
    if (http::status_of(error) == 403) note(who, person, request, error);
  }
  // Of a deed that anybody may try: by whoever is signed in all the same.
  void note_denied_if_known(const Identified& who, const http::Request& request,
                            const Error& error) const {
    if (who.token.empty() || spec.deed.text.empty()) return;
    if (const auto caller = services.sessions.remembered(who.client, who.token, who.trail))
      note_denied(who, caller->user().id, request, error);
  }
  void note(const Identified& who, const UserId& person, const http::Request& request,
            const Error& error) const {
    refusals->note({who.client, who.token, who.trail, person},
                   spec.action ? DeedName(*spec.action) : spec.deed, request, error);
  }
};

Router::Router(http::Router& raw, Services& services)
    : raw_(raw), services_(services), refusals_(std::make_shared<Refusals>(services)) {
  raw.on_refusal([&services](http::Request& request, http::Response refusal) {
    Admission admission(services, request);
    const auto allowed = count_unrouted(services, request, admission);
    http::Response out =
        allowed ? std::move(refusal) : http::problem(allowed.error(), request, services.base_url);
    admission.tell(out);
    return out;
  });
}

namespace {
http::RouteInfo info_of(std::string_view audience, const RouteSpec& spec) {
  http::RouteInfo info{std::string(audience)};
  if (spec.action) info.metadata.emplace_back("action", std::string(name(*spec.action)));
  if (!spec.deed.text.empty()) info.metadata.emplace_back("deed", std::string(spec.deed.text));
  return info;
}

http::Response answer(const Services& services, const http::Request& request,
                      const Admission& admission, Result<http::Response> given) {
  http::Response out =
      given ? std::move(*given) : http::problem(given.error(), request, services.base_url);
  admission.tell(out);
  return out;
}
}  // namespace

void Router::add(http::Method method, std::string_view pattern, const RouteSpec& spec,
                 std::string_view audience, Handler handler) {
  auto route = std::make_shared<Route>(
      Route{services_, spec, std::move(handler), std::make_shared<InFlight>(), refusals_});
  http::RouteInfo info = info_of(audience, spec);
  info.welcome = [route](http::Request& request) {
    Admission admission(route->services, request);
    auto welcome = route->welcome(request, admission);
    request.charge = std::make_shared<const http::RateCharge>(admission.charge());
    if (welcome) return std::move(*welcome);
    http::BodyWelcome refused;
    refused.refusal =
        answer(route->services, request, admission, std::unexpected(std::move(welcome).error()));
    return refused;
  };
  raw_.add(method, pattern, std::move(info), [route](http::Request& request) {
    Admission admission(route->services, request);
    return answer(route->services, request, admission, route->serve(request, admission));
  });
}

void Router::stream(std::string_view pattern, Action action, StreamHandler handler) {
  Services& services = services_;
  const auto serve = [&services, action, refusals = refusals_, handler = std::move(handler)](
                         http::Request& request, Admission& admission) -> Result<http::Response> {
    KS_TRY(const Identified who, identified(services, request, admission));
    if (who.token.empty()) {
      KS_CHECK(admission.by_address());
      return unauthenticated();
    }
    KS_TRY(const Caller caller, load(services, who, admission, SessionGate::Use::stream));
    auto scope = services.sessions.tenant(caller, request.param("org"));
    if (!scope)
      scope = services.db.read(
          [&](Tx& tx) { return organization_before(tx, caller, request.param("org"), services); });
    KS_CHECK(scope);
    const Call call{request, Json::object()};
    // Found out before: what the handler begins is paid for each time.
    std::optional<Call> before;
    if (!call.param("team").empty())
      KS_CHECK(services.db.read([&](Tx& tx) -> Result<void> {
        if (services.stores.authorizer.find_team(tx, *scope, call.param("team"))) return {};
        if (auto led = team_before(tx, *scope, call, services)) before.emplace(std::move(*led));
        return {};
      }));
    auto response = handler(who.client, who.token, *scope, before ? *before : call);
    if (!response && http::status_of(response.error()) == 403)
      refusals->note({who.client, who.token, who.trail, caller.user().id}, action, request,
                     response.error());
    return response;
  };
  raw_.add(http::Method::get, pattern, info_of(Member::kName, {.action = action}),
           [serve, &services](http::Request& request) {
             Admission admission(services, request);
             return answer(services, request, admission, serve(request, admission));
           });
}

}  // namespace ks::api
