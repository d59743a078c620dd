#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ks::log {

// `record` is for lines that are data and no diagnosis: they are written whatever the level.
enum class Level { debug, info, warn, error, record };
enum class Format { text, json };

// One named value of a log line. Never give a password, token, cookie or secret value here.
struct Field {
  Field(std::string_view n, std::string_view v) : name(n), text(v) {}
  Field(std::string_view n, const std::string& v) : name(n), text(v) {}
  Field(std::string_view n, const char* v) : name(n), text(v) {}
  Field(std::string_view n, std::int64_t v) : name(n), number(v), is_number(true) {}
  Field(std::string_view n, int v) : name(n), number(v), is_number(true) {}
  Field(std::string_view n, std::size_t v)
      : name(n), number(static_cast<std::int64_t>(v)), is_number(true) {}
  std::string_view name;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;
};

// Call once, before threads start. Lines go to standard error: JSON objects (one a line) or text.
void configure(Level level, Format format);

bool enabled(Level level);
// `event` is a fixed sentence; what varies goes into fields, so that lines can be searched.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::debug, e, f);
}
inline void info(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::info, e, f);
}
inline void warn(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::warn, e, f);
}
inline void error(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::error, e, f);
}
inline void record(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::record, e, f);
}

}  // namespace ks::log
