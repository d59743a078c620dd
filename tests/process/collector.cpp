#include "tests/process/collector.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>

namespace ks::test {

namespace {

std::string source() {
  const char* given = std::getenv("KS_SOURCE_DIR");
  return std::filesystem::absolute(given == nullptr ? "." : given);
}

}  // namespace

bool Collector::available() {
  static const bool kThere = std::filesystem::exists(source() + "/.tools/otlp/done");
  if (!kThere)
    std::printf("skipped: the messages of OTLP are not installed (scripts/setup test)\n");
  return kThere;
}

Collector::Collector() {
  const std::string folder = folder_.path();
  set_mode("ok");
  child_ = std::make_unique<Child>(
      std::vector<std::string>{"/usr/bin/python3", source() + "/tests/process/otlp_receiver.py",
                               folder, source() + "/.tools/otlp"},
      Environment{{"PYTHONDONTWRITEBYTECODE", "1"}}, folder + "/out", folder + "/err");
  const bool up = eventually(seconds(30), [&] { return child_->out().ends_with('\n'); });
  REQUIRE_MESSAGE(up, child_->err());
  port_ = std::stoi(child_->out());
}

void Collector::serve(Installation& world) const {
  world.settings()["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:" + std::to_string(port_);
}

void Collector::set_mode(const std::string& mode) const {
  write_file(folder_.path() + "/mode.new", mode);
  std::filesystem::rename(folder_.path() + "/mode.new", folder_.path() + "/mode");
}

std::vector<Json> Collector::lines(const std::string& name) const {
  std::vector<Json> out;
  std::istringstream text(read_file(folder_.path() + "/" + name));
  // The last may not be whole yet.
  for (std::string line; std::getline(text, line) && !text.eof();) {
    if (line.empty()) continue;
    auto tree = parse_json(line);
    REQUIRE_MESSAGE(tree, line);
    out.push_back(std::move(*tree));
  }
  return out;
}

std::vector<Json> Collector::wait_for(const std::function<bool(const Json&)>& fits) const {
  std::vector<Json> out;
  eventually(seconds(30), [&] {
    out.clear();
    for (const Json& span : spans())
      if (fits(span)) out.push_back(span);
    return !out.empty();
  });
  CHECK_MESSAGE(invalid().empty(), invalid());
  return out;
}

}  // namespace ks::test
