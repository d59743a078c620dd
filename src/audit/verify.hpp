#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/sink.hpp"
#include "store/audit.hpp"

namespace ks::audit {

struct VerifyOptions {
  std::string key;       // Of the chains.
  std::string sink_key;  // Of the sink.
  std::optional<std::string> sink_path;
  // Of a sink that somebody names, no file is a mistake of theirs and not an empty sink.
  AbsentSink absent_sink = AbsentSink::empty;
  std::string org;  // Slug or id; empty for all chains.
  Time now;
};

// A chain with something wrong in it.
struct ChainFaults {
  AuditChain chain;
  std::string slug;
  std::vector<AuditFault> faults;
  std::int64_t count = 0;  // Of all its faults; the first ones are in `faults`.
};

struct VerifyReport {
  std::int64_t chains = 0;
  std::int64_t rows = 0;
  std::int64_t sink_lines = 0;
  std::int64_t sink_others = 0;  // Lines that are no heads of chains, the first of them at:
  std::int64_t sink_first_other = 0;
  std::int64_t faults = 0;
  std::vector<std::string> sink_faults;
};

// Reads every chain from its first row to its end, page by page, and holds it against its stored
// end, and against every line of the sink. `tell` is called for each chain that has a fault, more
// than once where it has some of several kinds. May run beside a server that writes. Memory is for
// a few entries a chain and a page of lines; each line of the sink is one look-up of a row.
Result<VerifyReport> verify(Database& db, AuditStore& audit, const VerifyOptions& options,
                            const std::function<void(const ChainFaults&)>& tell);

// The report in a line, for people. `sink`: whether there was one to hold it against.
std::string summary(const VerifyReport& report, bool sink);

// Keys of chains and sink, from the key of the installation.
std::string chain_key(std::string_view secrets_key);
std::string sink_key(std::string_view secrets_key);

}  // namespace ks::audit
