#include "base/clock.hpp"

#include <chrono>

#include <fmt/format.h>

namespace ks {

Time SystemClock::now() const {
  using namespace std::chrono;
  return {duration_cast<std::chrono::microseconds>(system_clock::now().time_since_epoch()).count()};
}

Time SystemClock::monotonic() const {
  using namespace std::chrono;
  return {duration_cast<std::chrono::microseconds>(steady_clock::now().time_since_epoch()).count()};
}

std::string rfc3339(Time time) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> moment{std::chrono::microseconds{time.us}};
  const auto day = floor<std::chrono::days>(moment);
  const year_month_day date{day};
  const hh_mm_ss clock{moment - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

namespace {
// Reads exactly `width` digits at `at`; -1 when there is anything else.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (text.size() < at + width) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}
}  // namespace

Result<Time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2),
            h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  const bool shape = text.size() >= 20 && text[4] == '-' && text[7] == '-' &&
                     (text[10] == 'T' || text[10] == 't') && text[13] == ':' && text[16] == ':';
  if (!shape || y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
    return invalid("not an RFC 3339 time");
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                            day{static_cast<unsigned>(d)}};
  if (!date.ok()) return invalid("not an RFC 3339 time");
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    ++at;
    std::int64_t scale = 100'000;
    const std::size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      fraction += (text[at] - '0') * scale;
      scale /= 10;
    }
    if (at == first) return invalid("not an RFC 3339 time");
  }
  std::int64_t offset_minutes = 0;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    // UTC.
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const int oh = digits(text, at + 1, 2), om = digits(text, at + 4, 2);
    if (oh < 0 || oh > 23 || om < 0 || om > 59) return invalid("not an RFC 3339 time");
    offset_minutes = (oh * 60 + om) * (text[at] == '+' ? 1 : -1);
  } else {
    return invalid("not an RFC 3339 time");
  }
  const auto moment = sys_days{date}.time_since_epoch() + std::chrono::hours{h} +
                      std::chrono::minutes{mi - offset_minutes} + std::chrono::seconds{s};
  return Time{duration_cast<std::chrono::microseconds>(moment).count() + fraction};
}

}  // namespace ks
