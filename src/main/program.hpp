#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/web/bundle.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/router.hpp"
#include "identity/password.hpp"
#include "kube/cluster.hpp"
#include "main/config/config.hpp"

namespace ks {

// The running server: API, sync and operator as configured, in one process. Composition root: the
// only place that knows every folder.
class Program {
 public:
  struct Parts {
    const Clock& clock;
    Random& random;
    // In place of what the configuration names; for tests. Outlives the program.
    kube::Cluster* cluster = nullptr;
    // Access log lines; off in tests and benchmarks.
    bool access_log = true;
    // The web pages; none for a server that answers programs only.
    api::WebBundle web = {};
    PasswordCost password_cost = {};
  };

  // Opens the database, starts everything and listens. The error says what to mend.
  static Result<std::unique_ptr<Program>> start(const Config& config, Parts parts);
  ~Program();

  // Finishes what is being worked on, at most `drain` long, and ends everything.
  void stop(Duration drain);

  std::uint16_t port() const;
  std::uint16_t metrics_port() const;
  // Null where the API does not run.
  const http::Router* router() const;
  // A single-use link for the first platform administrator, while there is none.
  Result<std::optional<std::string>> first_administrator_link();
  // Why it cannot work fully at the moment, one line a cause; empty when all is well.
  std::vector<std::string> troubles();

 private:
  struct Impl;
  explicit Program(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A fresh link, whether or not there is an administrator; for `admin link`.
Result<std::string> administrator_link(const Config& config, const Clock& clock, Random& random);

// Holds every audit chain, or that of one organization (slug or id), against its rows, its end and
// the sink; prints what is wrong, one line a fault, and a summary. `sink`: in place of the
// configured file. True when nothing is wrong.
Result<bool> verify_audit(const Config& config, const Clock& clock, Random& random,
                          const std::string& org, const std::string& sink);

std::string_view program_version();

}  // namespace ks
