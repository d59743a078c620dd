#include "http/message.hpp"

#include <doctest/doctest.h>

#include "http/wire/address.hpp"
#include "http/wire/reply.hpp"

namespace ks::http {

TEST_CASE("header names compare without case, set replaces, add appends") {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("X", "1");
  headers.add("x", "2");
  CHECK(headers.get("content-TYPE") == "a");
  CHECK(headers.get("X") == "1");
  CHECK(headers.size() == 3);
  headers.set("x", "3");
  CHECK(headers.size() == 2);
  CHECK(headers.get("x") == "3");
  headers.remove("X");
  CHECK_FALSE(headers.has("x"));
  const Headers moved = std::move(headers);
  CHECK(moved.get("content-type") == "a");
}

TEST_CASE("a cookie that occurs twice is no cookie") {
  Request request;
  request.headers.add("Cookie", "a=1; b=x=y;c=; =d; e ;a=2;  f = \"q\" ");
  CHECK(request.cookie("b") == "x=y");
  CHECK(request.cookie("c") == "");
  CHECK(request.cookie("f") == "\"q\"");
  CHECK_FALSE(request.cookie("a"));
  CHECK_FALSE(request.cookie("e"));
  CHECK_FALSE(request.cookie("d"));
  CHECK_FALSE(request.cookie("A"));
}

TEST_CASE("replies that would break the message are told apart") {
  const auto with = [](std::string_view name, std::string_view value) {
    Response out(200);
    out.headers.add(name, value);
    return sendable(out);
  };
  CHECK(with("Location", "/a b\t\xc3\xa4"));
  CHECK_FALSE(with("Location", "/a\nb"));
  CHECK_FALSE(with("Location", "/a\rb"));
  CHECK_FALSE(with("Location", std::string_view("a\0b", 3)));
  CHECK_FALSE(with("Lo cation", "a"));
  CHECK_FALSE(with("", "a"));
  CHECK_FALSE(sendable(Response(101)));
  CHECK_FALSE(sendable(Response(999)));
}

TEST_CASE("networks contain what their prefix says, IPv4 also in its mapped form") {
  const auto contains = [](std::string_view network, std::string_view address) {
    const auto n = IpNetwork::parse(network);
    const auto a = IpAddress::parse(address);
    REQUIRE(n);
    REQUIRE(a);
    return n->contains(*a);
  };
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("10.0.0.0/8", "::ffff:10.1.1.1"));
  CHECK(contains("192.168.1.128/25", "192.168.1.129"));
  CHECK_FALSE(contains("192.168.1.128/25", "192.168.1.127"));
  CHECK(contains("fd00::/8", "fd12::1"));
  CHECK_FALSE(contains("fd00::/8", "fe80::1"));
  CHECK(contains("0.0.0.0/0", "1.2.3.4"));
  CHECK_FALSE(contains("0.0.0.0/0", "fd00::1"));
  CHECK(contains("::1", "::1"));
  for (const auto bad :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "x", "1.2.3.4/-1"})
    CHECK_FALSE(IpNetwork::parse(bad));
}

TEST_CASE("the client's address is the first hop from the end that is not trusted") {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"});
  REQUIRE(proxies);
  const auto client = [&](std::string_view peer, std::initializer_list<std::string_view> lines) {
    Headers headers;
    for (const auto line : lines) headers.add("X-Forwarded-For", line);
    return proxies->client(peer, headers);
  };
  CHECK(client("10.0.0.1", {"1.1.1.1"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"6.6.6.6, 1.1.1.1"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"6.6.6.6, 1.1.1.1", "10.2.2.2"}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"1.1.1.1, junk"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"10.0.0.2"}) == "10.0.0.2");
  CHECK(client("8.8.8.8", {"1.1.1.1"}) == "8.8.8.8");
}

}  // namespace ks::http
