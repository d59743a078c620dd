#include <fmt/format.h>

#include "main/database.hpp"
#include "main/program.hpp"
#include "main/stores.hpp"

namespace ks {

namespace {

std::string chain_title(const audit::ChainFaults& faults) {
  if (!faults.chain.org) return fmt::format("client {}", faults.chain.client.text());
  return fmt::format("organization {}{}{}", faults.slug, faults.slug.empty() ? "" : " ",
                     faults.chain.org->text());
}

}  // namespace

Result<bool> verify_audit(const Config& config, const Clock& clock, Random& random,
                          const std::string& org, const std::string& sink) {
  sql::DatabaseOptions options = database_options(config);
  // Beside a server that runs, and never the one that changes a schema.
  options.sqlite_visit = true;
  options.auto_migrate = false;
  KS_TRY(const auto db, sql::open_database(options, clock));
  SqlStores stores(config.secrets_key, clock, random);
  audit::VerifyOptions wanted;
  wanted.key = audit::chain_key(config.secrets_key);
  wanted.sink_key = audit::sink_key(config.secrets_key);
  wanted.org = org;
  wanted.now = clock.now();
  if (const std::string path = sink.empty() ? config.audit_sink_file : sink; !path.empty())
    wanted.sink_path = path;
  if (!sink.empty()) wanted.absent_sink = audit::AbsentSink::unavailable;
  auto report = audit::verify(*db, stores.audit, wanted, [](const audit::ChainFaults& faults) {
    const std::string title = chain_title(faults);
    for (const AuditFault& fault : faults.faults)
      fmt::print("{}: row {}: {}: {}\n", title, fault.seq, name(fault.kind), fault.what);
    const auto more = faults.count - static_cast<std::int64_t>(faults.faults.size());
    if (more > 0) fmt::print("{}: {} more fault{}\n", title, more, more == 1 ? "" : "s");
  });
  if (!report) {
    if (report.error().code != Error::Code::not_found)
      return std::unexpected(std::move(report).error());
    return invalid(fmt::format("There is no organization {}.", org));
  }
  if (report->sink_others > 0)
    fmt::print("sink: line {} is no head of a chain: {} passed over\n", report->sink_first_other,
               report->sink_others == 1
                   ? std::string("it is")
                   : fmt::format("it and {} more such line{} are", report->sink_others - 1,
                                 report->sink_others == 2 ? "" : "s"));
  for (const auto& fault : report->sink_faults) fmt::print("sink: {}\n", fault);
  fmt::print("{}\n", audit::summary(*report, wanted.sink_path.has_value()));
  return report->faults == 0;
}

}  // namespace ks
