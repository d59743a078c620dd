#include "trace/context.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace ks::trace;

namespace {
const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
std::string header(const std::string& version, const std::string& flags) {
  return version + "-" + kTrace + "-" + kSpan + "-" + flags;
}
}  // namespace

TEST_CASE("a traceparent is read and written as the specification has it") {
  const auto read = parse_traceparent(header("00", "01"));
  REQUIRE(read);
  CHECK(read->trace.hex() == kTrace);
  CHECK(read->span.hex() == kSpan);
  CHECK(read->sampled);
  CHECK(traceparent(*read) == header("00", "01"));
  // Flags that we do not know are not handed on.
  const auto flags = parse_traceparent(header("00", "fe"));
  REQUIRE(flags);
  CHECK_FALSE(flags->sampled);
  CHECK(traceparent(*flags) == header("00", "00"));
  CHECK(parse_traceparent(header("00", "ff"))->sampled);
}

TEST_CASE("of a version to come the first four fields are read") {
  CHECK(parse_traceparent(header("01", "01")));
  CHECK(parse_traceparent(header("cc", "01") + "-what-the-future-will-be-like"));
  CHECK(parse_traceparent(header("01", "01") + "-"));
  CHECK_FALSE(parse_traceparent(header("01", "01") + ".what"));
  CHECK_FALSE(parse_traceparent(header("01", "01") + "0"));
  // Of the version that there is, the length is known.
  CHECK_FALSE(parse_traceparent(header("00", "01") + "-more"));
}

TEST_CASE("what is no traceparent is none") {
  const std::string zeros(32, '0');
  for (const std::string& wrong :
       {std::string(), std::string("00"), header("ff", "01"), header("0g", "01"), header("00", "0"),
        header("00", "0x"), header("00", "01") + " ", " " + header("00", "01"),
        "00-" + zeros + "-" + kSpan + "-01", "00-" + kTrace + "-0000000000000000-01",
        std::string("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01"),
        "00_" + kTrace + "-" + kSpan + "-01", "00-" + kTrace + "_" + kSpan + "-01",
        "00-" + kTrace + "-" + kSpan + "_01", kTrace + kTrace + kTrace, std::string(55, '-'),
        std::string(55, '\0')}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_traceparent(wrong));
  }
  // One character wrong anywhere is enough.
  for (std::size_t i = 0; i < 55; ++i) {
    std::string text = header("00", "01");
    text[i] = 'X';
    CAPTURE(text);
    CHECK_FALSE(parse_traceparent(text));
    // Nor is a single digit of the other case read.
    std::string upper = header("00", "0a");
    if (upper[i] < 'a') continue;
    upper[i] = static_cast<char>(upper[i] - 'a' + 'A');
    CAPTURE(upper);
    CHECK_FALSE(parse_traceparent(upper));
  }
}
