#include "base/json.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace ks {

namespace {

Json parsed(std::string_view text) {
  auto value = parse_json(text);
  REQUIRE_MESSAGE(value, std::string(text));
  return *value;
}

// Trees of at most `depth` levels with names and texts from a small, awkward alphabet.
rc::Gen<Json> any_json(int depth) {
  const auto text = rc::gen::container<std::string>(
      rc::gen::element('a', 'b', '"', '\\', '\n', '<', '\x01', '\x7f', '/', '~', '0'));
  std::vector<rc::Gen<Json>> kinds = {
      rc::gen::just(Json()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool v) { return Json(v); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t v) { return Json(v); }),
      rc::gen::map(rc::gen::arbitrary<std::int32_t>(),
                   [](std::int32_t v) { return Json(v / 8.0); }),
      rc::gen::map(text, [](std::string v) { return Json(std::move(v)); })};
  return rc::gen::exec([=]() -> Json {
    const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
    if (kind < 5) return *kinds[static_cast<std::size_t>(kind)];
    const int size = *rc::gen::inRange(0, 4);
    Json out = kind == 5 ? Json::array() : Json::object();
    for (int i = 0; i < size; ++i) {
      if (kind == 5)
        out.push(*any_json(depth - 1));
      else
        out.set(*text, *any_json(depth - 1));
    }
    return out;
  });
}

}  // namespace

TEST_CASE("what was written is read back as the same tree") {
  CHECK(rc::check([] {
    const Json value = *any_json(3);
    const auto back = parse_json(value.dump());
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
    RC_ASSERT(back->canonical() == value.canonical());
  }));
}

TEST_CASE(
    "merging a value into null gives that value without its nulls, and twice changes nothing") {
  CHECK(rc::check([] {
    Json target = *any_json(2);
    const Json patch = *any_json(2);
    merge_patch(target, patch);
    const Json once = target;
    merge_patch(target, patch);
    RC_ASSERT(target == once);
  }));
}

TEST_CASE("each kind of value is read") {
  const Json value = parsed(
      R"( {"n":null,"t":true,"f":false,"i":-12,"d":1.5e2,"s":"a\u00e9\ud83d\ude00","a":[1,[]],"o":{}} )");
  CHECK(value.at("n").is_null());
  CHECK(value.at("t").as_bool());
  CHECK_FALSE(value.at("f").as_bool());
  CHECK(value.at("i").as_int() == -12);
  CHECK(value.at("d").as_double() == 150.0);
  CHECK(value.at("d").is_double());
  CHECK(value.text("s") == "aé😀");
  CHECK(value.at("a").as_array().size() == 2);
  CHECK(value.at("o").members().empty());
  CHECK(parsed("  7 ").as_int() == 7);
  CHECK(parsed("\"\"").as_string().empty());
}

TEST_CASE("text that is no single strict JSON value is refused") {
  for (const std::string text : {"",
                                 " ",
                                 "{",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "{a:1}",
                                 "'a'",
                                 "\"a",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "1e",
                                 "NaN",
                                 "Infinity",
                                 "nul",
                                 "tru",
                                 "[1 2]",
                                 "{\"a\" 1}",
                                 "1 2",
                                 "{} x",
                                 "[1]]",
                                 "// c\n1",
                                 "/* c */ 1",
                                 "\"\x01\"",
                                 "\"\\x41\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00x\"",
                                 "\"\xff\"",
                                 "\"\xc0\xaf\"",
                                 "\"\xed\xa0\x80\"",
                                 "\xef\xbb\xbf"
                                 "1"}) {
    CAPTURE(text);
    const auto value = parse_json(text);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == Error::Code::invalid);
  }
}

TEST_CASE("a member that occurs twice is refused, also when it is spelled in two ways") {
  for (const std::string text :
       {R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"([{"x":{"a":1,"b":2,"a":1}}])"}) {
    CAPTURE(text);
    const auto value = parse_json(text);
    REQUIRE_FALSE(value);
    CHECK(value.error().message.starts_with("the member \"a\" occurs twice"));
  }
  CHECK(parse_json(R"({"a":{"a":1},"b":{"a":1}})"));
  const std::string name(10'000, 'n');
  const auto lengthy = parse_json("{\"" + name + "\":1,\"" + name + "\":2}");
  REQUIRE_FALSE(lengthy);
  CHECK(lengthy.error().message.size() < 200);
}

TEST_CASE("integers keep 64 bits, and one without room is refused rather than rounded") {
  CHECK(parsed("9223372036854775807").as_int() == std::numeric_limits<std::int64_t>::max());
  CHECK(parsed("-9223372036854775808").as_int() == std::numeric_limits<std::int64_t>::min());
  CHECK(parsed("-0").is_int());
  for (const std::string text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "123456789012345678901234567890", "[1,9223372036854775808]"}) {
    CAPTURE(text);
    const auto value = parse_json(text);
    REQUIRE_FALSE(value);
    CHECK(value.error().message.find("64 bits") != std::string::npos);
  }
  CHECK(parsed("9223372036854775808.0").is_double());
  CHECK(parsed("1e3").is_double());
  CHECK(parsed("1.0").is_double());
  CHECK_FALSE(parse_json("1e999"));
  CHECK_FALSE(parse_json("-1e999"));
  CHECK(parsed("1e-999").as_double() == 0.0);
}

TEST_CASE("a double is the nearest one to what is written") {
  CHECK(parsed("908e54").as_double() == 908e54);
  CHECK(parsed("[0.1,2.2250738585072014e-308]").as_array()[1].as_double() ==
        2.2250738585072014e-308);
  CHECK(rc::check([] {
    const double v = static_cast<double>(*rc::gen::arbitrary<std::int64_t>()) *
                     std::pow(10.0, *rc::gen::inRange(-280, 280));
    RC_ASSERT(parse_json(Json(v).dump())->as_double() == v);
  }));
}

TEST_CASE("depth and length have limits that hold exactly") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(parse_json(nested(32)));
  const auto deep = parse_json(nested(33));
  REQUIRE_FALSE(deep);
  CHECK(deep.error().message == "nested deeper than 32 levels");
  CHECK_FALSE(parse_json(std::string(100'000, '[')));
  CHECK(parse_json("[1]", {.depth_max = 1, .bytes_max = 3}));
  CHECK_FALSE(parse_json("[11]", {.depth_max = 1, .bytes_max = 3}));
  CHECK_FALSE(parse_json("[[]]", {.depth_max = 1, .bytes_max = 10}));
}

TEST_CASE("written text is safe in HTML and in a line of server-sent events") {
  CHECK(Json("</script>&\xe2\x80\xa8\xe2\x80\xa9\n\r\t\x01\x7f\"\\é").dump() ==
        R"("\u003c/script\u003e\u0026\u2028\u2029\n\r\t\u0001\u007f\"\\é")");
  CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
  CHECK(Json(0.1).dump() == "0.1");
  CHECK(Json::object({{"b", 1}, {"a", Json::array({true, Json()})}}).dump() ==
        R"({"b":1,"a":[true,null]})");
}

TEST_CASE("equal trees have one canonical text, whatever the order of their members") {
  const Json a = parsed(R"({"b":[{"y":1,"x":2}],"a":1})");
  const Json b = parsed(R"({"a":1,"b":[{"x":2,"y":1}]})");
  CHECK(a == b);
  CHECK(a.dump() != b.dump());
  CHECK(a.canonical() == b.canonical());
  CHECK(a.canonical() == R"({"a":1,"b":[{"x":2,"y":1}]})");
  CHECK_FALSE(a == parsed(R"({"a":1})"));
  CHECK_FALSE(parsed("[1,2]") == parsed("[2,1]"));
  CHECK_FALSE(parsed("1") == parsed("\"1\""));
  CHECK_FALSE(parsed("{}") == parsed("[]"));
  CHECK_FALSE(parsed("{\"a\":null}") == parsed("{\"b\":null}"));
  CHECK_FALSE(Json() == Json(false));
}

TEST_CASE("a number is equal to, and written as, the same number of the other kind") {
  CHECK(Json(1.0) == Json(1));
  CHECK(Json(-0.0) == Json(0));
  CHECK(Json(1e16) == Json(std::int64_t{10'000'000'000'000'000}));
  CHECK(Json(1.0).canonical() == "1");
  CHECK(Json(-0.0).canonical() == "0");
  CHECK(Json(1e16).canonical() == "10000000000000000");
  CHECK(Json(1.5).canonical() == "1.5");
  CHECK(Json(1e19).canonical() == "1e+19");
  CHECK(Json(-0x1p63) == Json(std::numeric_limits<std::int64_t>::min()));
  CHECK_FALSE(Json(0x1p63) == Json(std::numeric_limits<std::int64_t>::max()));
  CHECK_FALSE(Json(9007199254740992.0) == Json(std::int64_t{9'007'199'254'740'993}));
  CHECK_FALSE(Json(1.5) == Json(1));
}

TEST_CASE("members are found by path, and an absent path reads as null") {
  Json value;
  value["metadata"]["name"] = "x";
  value["spec"].set("replicas", 3);
  value["list"].push(1).push("two");
  CHECK(value.text("metadata", "name") == "x");
  CHECK(value.integer_or(0, "spec", "replicas") == 3);
  CHECK(value.integer_or(9, "spec", "none") == 9);
  CHECK(value.integer_or(9, "metadata", "name") == 9);
  CHECK(value.text("spec", "replicas").empty());
  CHECK(value.at("metadata", "name", "deeper").is_null());
  CHECK(value.find("none") == nullptr);
  CHECK(Json("text").find("a") == nullptr);
  CHECK(value.erase("list"));
  CHECK_FALSE(value.erase("list"));
  CHECK_FALSE(Json(1).erase("a"));
  CHECK(Json::object({{"a", 1}, {"a", 2}}).dump() == R"({"a":2})");
}

// RFC 7396, appendix A.
TEST_CASE("merge patches give what the RFC's examples say") {
  const std::vector<std::array<std::string, 3>> cases = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [target, patch, wanted] : cases) {
    CAPTURE(target);
    CAPTURE(patch);
    Json value = parsed(target);
    merge_patch(value, parsed(patch));
    CHECK(value == parsed(wanted));
    CHECK(value.dump() == wanted);
  }
}

// RFC 6901, section 5.
TEST_CASE("pointer tokens are escaped as the RFC's examples are") {
  CHECK(pointer_token("foo") == "/foo");
  CHECK(pointer_token("") == "/");
  CHECK(pointer_token("a/b") == "/a~1b");
  CHECK(pointer_token("m~n") == "/m~0n");
  CHECK(pointer_token("c%d") == "/c%d");
  CHECK(pointer_token("k\"l") == "/k\"l");
  CHECK(pointer_token("~1") == "/~01");
}

}  // namespace ks
