#include "main/traces/settings.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "main/config/config.hpp"

namespace ks {

namespace {

LoadedConfig loaded(std::string_view name, const std::string& value) {
  ConfigInput input;
  input.flags = {{std::string(name), value}};
  return load_config(input);
}
bool fits(std::string_view name, const std::string& value) {
  const auto config = loaded(name, value);
  return std::ranges::none_of(config.faults,
                              [&](const std::string& fault) { return fault.starts_with(name); });
}

}  // namespace

TEST_CASE("traces go below the address that is named, and nowhere where none is") {
  const auto at = [](const std::string& url) {
    CHECK(fits("OTEL_EXPORTER_OTLP_ENDPOINT", url));
    const TraceSettings read = loaded("OTEL_EXPORTER_OTLP_ENDPOINT", url).config.traces;
    return read.server + " " + read.target;
  };
  CHECK(at("") == " ");
  CHECK(at("http://127.0.0.1:4318") == "http://127.0.0.1:4318 /v1/traces");
  CHECK(at("https://otel.example.com/") == "https://otel.example.com /v1/traces");
  CHECK(at("https://otel.example.com/a/b/") == "https://otel.example.com /a/b/v1/traces");
  CHECK(at("http://[2001:db8::1]:4318") == "http://[2001:db8::1]:4318 /v1/traces");
  for (const char* wrong :
       {"collector:4318", "grpc://collector:4317", "http://", "http:///x", "ftp://x",
        "http://user:password@collector", "http://collector:0", "http://collector:99999",
        "http://collector/a?b", "http://collector/a#b", "http://collector/a b",
        "http://collector/a\r\nX: y", "http://coll ector", "file:///etc/passwd"}) {
    CAPTURE(wrong);
    CHECK_FALSE(fits("OTEL_EXPORTER_OTLP_ENDPOINT", wrong));
  }
  // Also where it is refused, nothing of a login is shown.
  for (const Setting& one :
       loaded("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:canary@collector").settings)
    CHECK(one.value.find("canary") == std::string::npos);
}

TEST_CASE("headers of the collector are read decoded, and never more than one line each") {
  const auto read = loaded("OTEL_EXPORTER_OTLP_HEADERS",
                           "Authorization=Basic%20YTpi%3D, x-tenant = a=b ,,x-empty=");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(read.config.traces.headers ==
        Pairs{{"Authorization", "Basic YTpi="}, {"x-tenant", "a=b"}, {"x-empty", ""}});
  for (const Setting& one : read.settings) CHECK(one.value.find("YTpi") == std::string::npos);
  for (const char* wrong :
       {"canary", "=canary", "a b=canary", "a=canary%0d%0aX:y", "a=canary%00", "a=canary%2",
        "a=canary%zz", "a=canary\n", "a:b=canary", "a=canary\xc3\xa4", "Content-Length=canary",
        "transfer-encoding=canary", "a=b,Host=canary", "content-type=canary"}) {
    CAPTURE(wrong);
    CHECK_FALSE(fits("OTEL_EXPORTER_OTLP_HEADERS", wrong));
    for (const std::string& fault : loaded("OTEL_EXPORTER_OTLP_HEADERS", wrong).faults)
      CHECK(fault.find("canary") == std::string::npos);
  }
}

TEST_CASE("the part of traces that is sampled is a number from 0 to 1") {
  CHECK(loaded("OTEL_SERVICE_NAME", "x").config.traces.ratio == 1);
  CHECK(loaded("OTEL_TRACES_SAMPLER_ARG", "0.25").config.traces.ratio == 0.25);
  CHECK(fits("OTEL_TRACES_SAMPLER_ARG", "0"));
  CHECK(fits("OTEL_TRACES_SAMPLER_ARG", "1.0"));
  for (const char* wrong : {"", "-0.1", "1.01", "nan", "inf", "0.5x", "half", " 1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(fits("OTEL_TRACES_SAMPLER_ARG", wrong));
  }
  CHECK(loaded("LOG_LEVEL", "info").config.traces.service == "k8s-scheduler");
  CHECK_FALSE(fits("OTEL_SERVICE_NAME", "two\nlines"));
}

}  // namespace ks
