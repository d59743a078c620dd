#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "api/api.hpp"
#include "api/people/invitation_json.hpp"
#include "api/present.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

constexpr int kBatch = 100;
// Read at once for one subscriber, and waiting in its queue before more is read.
constexpr std::size_t kBatchBytes = 1 << 20;

// One subscriber: who it is, what it wants to hear of, and how far it has heard.
struct Subscription {
  ClientScope client;
  std::string token;
  SessionGate::TrailPtr trail;
  OrgId org;
  Standing opened_as;
  std::optional<TeamId> team;
  std::int64_t seq = 0;

  // What the ids of its events are good for.
  std::string list() const { return "stream/" + client.client().str() + "/" + org.str(); }
};

// Slugs may change while a stream is open; roles may not, nor what holds them up.
bool same_rights(const Standing& a, const Standing& b) {
  return a.org_role == b.org_role && a.suspended == b.suspended &&
         a.teams.size() == b.teams.size() &&
         std::ranges::all_of(
             a.teams, [&](const Standing::InTeam& in) { return b.role_in(in.team) == in.role; });
}

struct Delivery {
  std::vector<http::SseEvent> events;
  std::int64_t seq = 0;
  bool more = false;
};

// Says nothing to others, not even how busy the organization is, and cannot be made up.
std::string id_of(const Services& services, std::int64_t seq, const std::string& list) {
  return services.cursors.make(fmt::format("{:020}", seq), list);
}

// To those who see some of it, as they see it; to nobody else that there is one.
Result<std::optional<http::SseEvent>> invitation_event(Tx& tx, Services& services,
                                                       const TenantScope& scope, const FeedRow& row,
                                                       const std::string& list) {
  const auto view = app::invitation(tx, services.stores, scope, row.change.id);
  if (view)
    return std::optional(http::sse_event("invitation.updated", id_of(services, row.seq, list),
                                         present(*view, scope).dump()));
  const Error::Code why = view.error().code;
  if (why == Error::Code::denied || why == Error::Code::not_found)
    return std::optional<http::SseEvent>();
  return std::unexpected(view.error());
}

Result<std::optional<http::SseEvent>> event_of(Tx& tx, Services& services, const TenantScope& scope,
                                               const FeedRow& row, const std::string& list) {
  const Change& change = row.change;
  if (change.kind == "invitation") return invitation_event(tx, services, scope, row, list);
  if (change.kind != "deployment" || !change.team) return std::optional<http::SseEvent>();
  if (!policy::allows_on_team(scope.standing(), *change.team, Action::deployments_read))
    return std::optional<http::SseEvent>();
  Json data = Json::object({{"id", change.id}, {"deleted", true}});
  auto found = app::deployment(tx, services.stores, scope, change.team->text(), change.id);
  if (found)
    data = present(*found, scope, services);
  else if (found.error().code != Error::Code::not_found)
    return std::unexpected(std::move(found).error());
  return std::optional(
      http::sse_event("deployment.updated", id_of(services, row.seq, list), data.dump()));
}

Result<Delivery> read(Services& services, const Subscription& at) {
  return Router::read_as<Delivery>(
      services, at.client, at.token, at.trail,
      [&](Tx& tx, const Caller& caller) -> Result<Delivery> {
        KS_TRY(const TenantScope scope, services.sessions.tenant(caller, at.org));
        KS_TRY(const auto may_read, services.stores.authorizer.require<Action::org_read>(scope));
        // It ends with the rights that it was opened with, whatever the new ones allow.
        if (!same_rights(scope.standing(), at.opened_as)) return not_found();
        // A team that was asked for must still be seen.
        if (at.team)
          KS_CHECK(services.stores.authorizer.check(tx, scope, *at.team, Action::deployments_read));
        KS_TRY(const auto rows, services.stores.journal.feed_after(tx, may_read, at.seq, kBatch));
        const std::string list = at.list();
        Delivery out;
        out.seq = at.seq;
        out.more = rows.size() == kBatch ||
                   (!rows.empty() && rows.back().seq - at.seq >= Journal::kFeedWindow);
        std::size_t bytes = 0;
        for (const FeedRow& row : rows) {
          if (bytes >= kBatchBytes) {
            out.more = true;
            break;
          }
          out.seq = row.seq;
          if (at.team && row.change.team != at.team) continue;
          KS_TRY(const auto event, event_of(tx, services, scope, row, list));
          if (!event) continue;
          bytes += (*event)->size();
          out.events.push_back(*event);
        }
        return out;
      },
      {}, SessionGate::Use::stream);
}

bool deliver(Services& services, Subscription& at, http::SseStream& stream) {
  // A subscriber that is behind with large events is told the rest in a later round.
  while (stream.queued_bytes() < kBatchBytes) {
    auto delivery = read(services, at);
    // A database that does not answer takes no right away; the next round tries again.
    if (!delivery) return delivery.error().code == Error::Code::unavailable;
    for (auto& event : delivery->events)
      if (!stream.push(std::move(event))) return true;
    at.seq = delivery->seq;
    if (!delivery->more) return true;
  }
  return true;
}

// From where to read: after Last-Event-ID where what followed it is still kept and can be looked at
// in one go, else from now on. Whoever missed more is quicker with a list than with its changes.
struct Start {
  std::int64_t seq = 0;
  bool reset = false;
};
Start start_at(const Call& call, const Cursors& cursors, const std::string& list,
               const Journal::FeedSpan& span) {
  const auto field = call.request.headers.find("Last-Event-ID");
  if (!field) return {span.last, false};
  const auto text = cursors.open(*field, list);
  std::int64_t seq = -1;
  if (text) std::from_chars(text->data(), text->data() + text->size(), seq);
  const bool known = text && seq >= span.first_kept - 1 && seq <= span.last &&
                     span.last - seq <= Journal::kFeedWindow;
  return known ? Start{seq, false} : Start{span.last, true};
}

std::unexpected<Error> too_many_streams() {
  auto error = unavailable("too_many_streams",
                           "You have as many event streams open as may be; close one first.");
  error.error().status = 429;
  error.error().retry_after_s = 5;
  return error;
}

}  // namespace

void mount_stream(Router& router, Services& services, FeedHub& hub) {
  router.stream(
      "/api/v1/orgs/{org}/stream", Action::org_read,
      [&services, &hub](const ClientScope& client, const std::string& token,
                        const TenantScope& scope, const Call& call) -> Result<http::Response> {
        auto at = std::make_shared<Subscription>(
            Subscription{client, token,
                         std::make_shared<const Trail>(
                             Trail{call.request.request_id, call.request.client_address}),
                         scope.org(), scope.standing(), std::nullopt, 0});
        KS_CHECK(check_query(call.request, {"team"}));
        auto seat = hub.take_seat(*scope.actor(), scope.org());
        if (!seat) return too_many_streams();
        const std::string list = at->list();
        const auto team = call.request.query_value("team");
        KS_TRY(const Start start, services.db.read([&](Tx& tx) -> Result<Start> {
          KS_TRY(const auto may_read, services.stores.authorizer.require<Action::org_read>(scope));
          if (team) {
            KS_TRY(const TeamId id, services.stores.authorizer.find_team(tx, scope, *team));
            KS_CHECK(services.stores.authorizer.check(tx, scope, id, Action::deployments_read));
            at->team = id;
          }
          KS_TRY(const auto span, services.stores.journal.feed_span(tx, may_read));
          return start_at(call, services.cursors, list, span);
        }));
        at->seq = start.seq;
        auto stream = http::SseStream::make();
        if (start.reset)
          stream->push(http::sse_event("reset", id_of(services, start.seq, list), "{}"));
        else
          stream->push(http::sse_comment("open"));
        hub.subscribe(scope.org(), stream, std::move(seat), [&services, at](http::SseStream& out) {
          return deliver(services, *at, out);
        });
        return http::Response::events(stream);
      });
}

}  // namespace ks::api
