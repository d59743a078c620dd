#include "base/log.hpp"

#include <atomic>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace ks::log {

namespace {
struct State {
  std::shared_ptr<spdlog::logger> logger;
  std::atomic<Level> level{Level::info};
  Format format = Format::text;
};

State& state() {
  static State s = [] {
    State made;
    made.logger = std::make_shared<spdlog::logger>(
        "k8s-scheduler", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.logger->set_pattern("%v");
    made.logger->set_level(spdlog::level::trace);
    return State{made.logger, Level::info, Format::text};
  }();
  return s;
}

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
    case Level::record:
      return "record";
  }
  return "error";
}

void append_number(std::string& out, std::int64_t n) { out += std::to_string(n); }
}  // namespace

void configure(Level level, Format format) {
  state().level = level;
  state().format = format;
}

bool enabled(Level level) { return level >= state().level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  State& s = state();
  std::string line;
  const std::string now = rfc3339(SystemClock().now());
  if (s.format == Format::json) {
    line += "{\"time\":\"" + now + "\",\"level\":\"";
    line += name(level);
    line += "\",\"event\":";
    append_json_string(line, event);
    for (const Field& f : fields) {
      line += ',';
      append_json_string(line, f.name);
      line += ':';
      if (f.is_number)
        append_number(line, f.number);
      else
        append_json_string(line, f.text);
    }
    line += '}';
  } else {
    line += now;
    line += ' ';
    line += name(level);
    line += ' ';
    line += event;
    for (const Field& f : fields) {
      line += ' ';
      line += f.name;
      line += '=';
      // Quoted as JSON, so that a value with a line break cannot forge a line.
      if (f.is_number)
        append_number(line, f.number);
      else
        append_json_string(line, f.text);
    }
  }
  s.logger->log(spdlog::level::info, "{}", line);
}

}  // namespace ks::log
