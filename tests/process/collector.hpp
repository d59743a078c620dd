#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "tests/process/installation.hpp"

namespace ks::test {

// A real collector of traces (otlp_receiver.py), which reads bodies with the official messages.
class Collector {
 public:
  // Prints the line that counts as skipped when the messages are not installed.
  static bool available();

  Collector();

  // Has the program export to it.
  void serve(Installation& world) const;
  int port() const { return port_; }
  // "ok", "slow", "long", "500", "429 2": see otlp_receiver.py.
  void set_mode(const std::string& mode) const;
  // Nobody listens any more.
  void kill() { child_->kill9(); }

  // What it has taken, and each try to have it taken, in the order of arrival.
  std::vector<Json> spans() const { return lines("spans.jsonl"); }
  std::vector<Json> requests() const { return lines("requests.jsonl"); }
  std::string bodies() const { return read_file(folder_.path() + "/bodies"); }
  // What was wrong with bodies; empty when nothing was.
  std::string invalid() const { return read_file(folder_.path() + "/invalid"); }
  // Those that fit, once there are any; after half a minute none.
  std::vector<Json> wait_for(const std::function<bool(const Json&)>& fits) const;

 private:
  std::vector<Json> lines(const std::string& name) const;
  TempFolder folder_;
  std::unique_ptr<Child> child_;
  int port_ = 0;
};

}  // namespace ks::test
