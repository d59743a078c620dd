#include "api/exports/export.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/admission/site.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

// Read at once: with the first it is shown how long they are.
constexpr int kRowsFirst = 32;
constexpr int kRowsMax = 256;

std::unexpected<Error> too_many_exports() {
  auto error = unavailable("too_many_exports",
                           "You, or your organization, have as many exports running as may be.");
  error.error().status = 429;
  error.error().retry_after_s = 5;
  return error;
}

// One under way. On the connection's fiber only.
struct Running {
  Services& services;
  ClientScope client;
  std::string token;
  SessionGate::TrailPtr trail;
  OrgId org;
  Export what;
  ExportSeats::Seat seat;
  Time until;
  std::string after = {};
  int rows = kRowsFirst;

  Result<http::Part> next() {
    if (services.stores.clock.monotonic() >= until)
      return unavailable("request_timeout", "The export was not taken in its time.");
    for (;;) {
      KS_TRY(ExportedRows read, Router::read_as<ExportedRows>(
                                    services, client, token, trail,
                                    [&](Tx& tx, const Caller& caller) -> Result<ExportedRows> {
                                      KS_TRY(const TenantScope scope,
                                             services.sessions.tenant(caller, org));
                                      return what.read(tx, scope, after, rows);
                                    }));
      const std::size_t size = what.head.size() + read.text.size();
      if (size > kExportPartBytes && rows > 1) {
        rows /= 2;
        continue;
      }
      if (size < kExportPartBytes / 4) rows = std::min(rows * 2, kRowsMax);
      http::Part part{std::exchange(what.head, {}), !read.next};
      part.bytes += read.text;
      after = read.next.value_or(std::string());
      return part;
    }
  }
};

}  // namespace

Result<ExportFormat> export_format(const http::Request& request) {
  const std::string_view given = request.query_value("format").value_or("csv");
  for (const ExportFormat format : {ExportFormat::csv, ExportFormat::ndjson})
    if (given == name(format)) return format;
  return invalid({Fault{"?format", "must be csv or ndjson"}});
}

Result<http::Response> begin_export(
    Services& services, ExportSeats& seats, const ClientScope& client, const std::string& token,
    const TenantScope& seen, const Call& call,
    const std::function<Result<Export>(Tx&, const TenantScope&)>& begin) {
  // It leaves a row, so a link on another site must not start it.
  KS_CHECK(admit(services, call.request, "POST"));
  const Time now = services.stores.clock.monotonic();
  const http::RateStanding paid =
      services.limits.person(RequestLimits::Kind::write, *seen.actor(), now, kExportPrice);
  if (!paid.allowed) return too_many_requests(paid);
  ExportSeats::Seat seat;
  const auto trail =
      std::make_shared<const Trail>(Trail{call.request.request_id, call.request.client_address});
  KS_TRY(Export what, services.db.write_for(seen.org().str(), [&](Tx& tx) -> Result<Export> {
    KS_TRY(const Caller caller, services.sessions.load_in(tx, client, token, trail));
    KS_TRY(const TenantScope scope, services.sessions.tenant(caller, seen.org()));
    KS_TRY(Export begun, begin(tx, scope));
    // After the right: who may not export learns nothing of those that run. A second try of the
    // transaction gives back what the first one took; without a seat it leaves no row.
    seat = {};
    seat = seats.take(*seen.actor(), seen.org());
    if (!seat) return too_many_exports();
    return begun;
  }));
  http::Response response(200);
  const bool csv = what.format == ExportFormat::csv;
  response.headers.set("Content-Type", csv ? "text/csv; charset=utf-8" : "application/x-ndjson");
  response.headers.set("Content-Disposition", "attachment; filename=\"" + what.file + "." +
                                                  std::string(name(what.format)) + "\"");
  response.headers.set("Vary", "Host, Cookie");
  response.part_bytes_max = kExportPartBytes;
  auto running =
      std::make_shared<Running>(Running{services, client, token, trail, seen.org(), std::move(what),
                                        std::move(seat), now + kExportLife});
  response.source = [running] { return running->next(); };
  return response;
}

}  // namespace ks::api
