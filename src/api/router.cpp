#include "api/router.hpp"

#include <algorithm>

#include "api/admission/admission.hpp"
#include "api/admission/in_flight.hpp"
#include "api/admission/once.hpp"
#include "api/fields.hpp"
#include "api/people/address.hpp"
#include "app/audit.hpp"
#include "app/organizations.hpp"
#include "base/log.hpp"
#include "http/problem.hpp"
#include "identity/csrf.hpp"

namespace ks::api {

namespace {

std::unexpected<Error> with_status(std::unexpected<Error> error, int status) {
  error.error().status = status;
  return error;
}

std::unexpected<Error> unauthenticated() {
  auto error = invalid("Sign in first.");
  error.error().code = Error::Code::denied;
  error.error().problem = "unauthenticated";
  error.error().status = 401;
  return error;
}

// The media type without its parameters, lower case.
std::string media_type(const http::Request& request) {
  std::string_view field = request.headers.get("Content-Type");
  field = field.substr(0, field.find(';'));
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  std::string out(field);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

Result<Json> parse_body(const http::Request& request, Body body) {
  if (body == Body::none || (body == Body::optional_json && request.body.empty())) {
    if (!request.body.empty()) return invalid({Fault{"", "this request takes no body"}});
    return Json::object();
  }
  const std::string type = media_type(request);
  const bool json = type == "application/json" || (request.method == http::Method::patch &&
                                                   type == "application/merge-patch+json");
  if (!json) {
    auto error = invalid("Send the body as application/json.");
    error.error().problem = "unsupported_media_type";
    return with_status(std::move(error), 415);
  }
  auto parsed = parse_json(request.body);
  if (!parsed) {
    auto error = invalid(parsed.error().message);
    error.error().problem = "malformed_json";
    return with_status(std::move(error), 400);
  }
  if (!parsed->is_object()) return invalid({Fault{"", "must be an object"}});
  return parsed;
}

std::optional<std::string_view> optional_header(const http::Request& request,
                                                std::string_view name) {
  return request.headers.find(name);
}

struct Identified {
  ClientScope client;
  std::string token;  // Empty when the request has none.
  SessionGate::TrailPtr trail;
};

Result<Identified> identify(const Services& services, const http::Request& request) {
  KS_TRY(const HostGate::Site site, services.hosts.admit(request.headers.get("Host")));
  if (!csrf_allows(http::method_name(request.method), optional_header(request, "Sec-Fetch-Site"),
                   optional_header(request, "Origin"), site.origin)) {
    auto error = invalid("The request came from another site.");
    error.error().code = Error::Code::denied;
    error.error().problem = "cross_site_request";
    return with_status(std::move(error), 403);
  }
  const auto token = services.cookie.find(request.headers.get("Cookie"));
  return Identified{
      site.client, token ? std::string(*token) : std::string(),
      std::make_shared<const Trail>(Trail{request.request_id, request.client_address})};
}

// The caller as the database has it now. A token of which nothing is remembered is counted by
// address before anything is asked.
Result<Caller> load(const Services& services, const Identified& who, Admission& admission) {
  if (const auto known = services.sessions.remembered(who.client, who.token, who.trail))
    KS_CHECK(admission.by_person(*known));
  else
    KS_CHECK(admission.by_address());
  KS_TRY(Caller caller, services.sessions.load(who.client, who.token, who.trail));
  KS_CHECK(admission.by_person(caller));
  return caller;
}

// Query text: what RFC 3986 calls unreserved stays, the rest becomes %XX.
std::string percent_encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

// The same list from the cursor on: filters and limit stay (RFC 8288).
std::string next_link(const http::Request& request, std::string_view cursor) {
  std::string link = "<?";
  for (const auto& [name, value] : request.query)
    if (name != "cursor") link += percent_encoded(name) + "=" + percent_encoded(value) + "&";
  return link + "cursor=" + std::string(cursor) + ">; rel=\"next\"";
}

http::Response to_response(const http::Request& request, Reply reply) {
  if (reply.body.is_object() && reply.once.is_object())
    for (auto& [name, value] : reply.once.members()) reply.body.set(name, value);
  std::string text = reply.body.is_null() ? std::move(reply.text) : reply.body.dump();
  http::Response response = text.empty() ? http::Response(reply.status)
                                         : http::Response::json(reply.status, std::move(text));
  if (reply.version) response.headers.set("ETag", etag_of(*reply.version));
  if (!reply.location.empty()) response.headers.set("Location", reply.location);
  if (!reply.set_cookie.empty()) response.headers.add("Set-Cookie", reply.set_cookie);
  if (reply.next_cursor) response.headers.set("Link", next_link(request, *reply.next_cursor));
  response.headers.set("Vary", "Host, Cookie");
  return response;
}

// Whoever signs up or in has little to say.
constexpr std::size_t kStrangersBodyMax = 16 * 1024;
constexpr std::size_t kBodyMax = 1 << 20;

// Refusals are written down in a transaction of their own: the refused one was rolled back.
void write_denied(const Services& services, const RouteSpec& spec, const Identified& who,
                  const http::Request& request, const Error& error) {
  if (http::status_of(error) != 403) return;
  const std::string route =
      std::string(http::method_name(request.method)) + " " + std::string(request.route);
  const auto recorded = services.db.write([&](Tx& tx) -> Result<void> {
    KS_TRY(const Caller caller, services.sessions.load_in(tx, who.client, who.token, who.trail));
    if (!spec.action)
      return app::record_denied(tx, services.stores, caller.person(), spec.deed, route, error);
    KS_TRY(const TenantScope scope, services.sessions.tenant(caller, request.param("org")));
    app::Attempt attempt{*spec.action, route, {}, error};
    for (const auto& param : request.params)
      if (param.name != "org")
        attempt.path.emplace_back(std::string(param.name), std::string(request.param(param.name)));
    return app::record_denied(tx, services.stores, scope, attempt);
  });
  if (!recorded)
    log::warn("a denied attempt was not recorded", {{"request_id", request.request_id}});
}

}  // namespace

struct Router::Route {
  Services& services;
  RouteSpec spec;
  Handler handler;
  std::shared_ptr<InFlight> in_flight;

  Result<http::Response> serve(http::Request& request, Admission& admission) const {
    KS_TRY(const Identified who, identify(services, request));
    if (handler.anyone || who.token.empty()) KS_CHECK(admission.by_address());
    if (handler.anyone) {
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      const Call call{request, std::move(body)};
      KS_TRY(Reply reply, handler.anyone(who.client, call));
      return to_response(request, std::move(reply));
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
    KS_TRY(const Identified who, identify(services, request));
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
      KS_CHECK(check_administrator(caller));
      KS_CHECK(check_query(request, spec.query));
      KS_TRY(Reply reply, handler.admin(caller, call));
      return to_response(request, std::move(reply));
    }
    auto reply = Router::read_as<Reply>(
        services, who.client, who.token, who.trail,
        [&](Tx& tx, const Caller& caller) -> Result<Reply> {
          KS_CHECK(admission.by_person(caller));
          return run(tx, caller, call);
        },
        [&](const std::optional<Caller>& known) {
          return known ? admission.by_person(*known) : admission.by_address();
        });
    if (!reply) {
      note_denied(who, request, reply.error());
      return std::unexpected(std::move(reply).error());
    }
    return to_response(request, std::move(*reply));
  }

  static Result<void> check_administrator(const Caller& caller) {
    if (!caller.platform_admin()) return not_found();
    return {};
  }

  Result<Reply> run(Tx& tx, const Caller& caller, const Call& call) const {
    KS_CHECK(check_query(call.request, spec.query));
    if (handler.person) return handler.person(tx, caller, call);
    auto scope = services.sessions.tenant(caller, call.param("org"));
    if (!scope && spec.lenient) scope = looked_for(tx, caller, call.param("org"), services);
    KS_CHECK(scope);
    return handler.member(tx, *scope, call);
  }

  Result<http::Response> write(const Identified& who, http::Request& request,
                               Admission& admission) const {
    // Who is not signed in learns nothing about bodies; then the body, then the write.
    KS_TRY(const Caller caller, load(services, who, admission));
    if (handler.bearer) {
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      KS_TRY(Reply reply,
             handler.bearer(who.client, who.token, caller, Call{request, std::move(body)}));
      return to_response(request, std::move(reply));
    }
    if (handler.admin) {
      KS_CHECK(check_administrator(caller));
      KS_TRY(Json body, parse_body(request, spec.body));
      KS_CHECK(check_query(request, spec.query));
      KS_TRY(Reply reply, handler.admin(caller, Call{request, std::move(body)}));
      return to_response(request, std::move(reply));
    }
    KS_TRY(Json body, parse_body(request, spec.body));
    KS_CHECK(check_if_match(request));
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
      note_denied(who, request, reply.error());
      return std::unexpected(std::move(reply).error());
    }
    return to_response(request, std::move(*reply));
  }

  // Whose share of the writers a write takes: the locks it may wait for are the organization's. Who
  // is no member of it takes none of its share.
  std::string whose(const Caller& caller, const http::Request& request) const {
    if (handler.member)
      if (const auto scope = services.sessions.tenant(caller, request.param("org")))
        return scope->org().str();
    return caller.person().user().str();
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

  void note_denied(const Identified& who, const http::Request& request, const Error& error) const {
    if (handler.member || handler.person) write_denied(services, spec, who, request, error);
  }
};

Router::Router(http::Router& raw, Services& services) : raw_(raw), services_(services) {}

namespace {
http::RouteInfo info_of(std::string_view audience, const RouteSpec& spec) {
  http::RouteInfo info{std::string(audience)};
  if (spec.action) info.metadata.emplace_back("action", std::string(name(*spec.action)));
  if (!spec.deed.empty()) info.metadata.emplace_back("deed", std::string(spec.deed));
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
      Route{services_, spec, std::move(handler), std::make_shared<InFlight>()});
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
  const RouteSpec spec{.action = action};
  const auto serve = [&services, spec, handler = std::move(handler)](
                         http::Request& request, Admission& admission) -> Result<http::Response> {
    KS_TRY(const Identified who, identify(services, request));
    if (who.token.empty()) {
      KS_CHECK(admission.by_address());
      return unauthenticated();
    }
    KS_TRY(const Caller caller, load(services, who, admission));
    KS_TRY(const TenantScope scope, services.sessions.tenant(caller, request.param("org")));
    auto response = handler(who.client, who.token, scope, Call{request, Json::object()});
    if (!response) write_denied(services, spec, who, request, response.error());
    return response;
  };
  raw_.add(http::Method::get, pattern, info_of(Member::kName, spec),
           [serve, &services](http::Request& request) {
             Admission admission(services, request);
             return answer(services, request, admission, serve(request, admission));
           });
}

}  // namespace ks::api
