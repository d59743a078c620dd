#include "http/wire/reader.hpp"

#include <string>

#include <doctest/doctest.h>

#include "http/wire/smuggling_corpus.hpp"

namespace ks::http {

namespace {

struct Outcome {
  int status = 0;  // 0: wants more.
  Request request;
  std::size_t consumed = 0;
};

// Feeds `bytes` as if they came in pieces of `piece` bytes.
Outcome read_in_pieces(std::string_view bytes, std::size_t piece, ReaderLimits limits = {}) {
  RequestReader reader(limits);
  Outcome out;
  std::size_t there = 0;
  while (there < bytes.size()) {
    there = std::min(there + piece, bytes.size());
    for (;;) {
      const auto [step, consumed] =
          reader.feed(bytes.substr(out.consumed, there - out.consumed), out.request);
      out.consumed += consumed;
      if (step == RequestReader::Step::head) continue;
      if (step == RequestReader::Step::need_more) break;
      out.status = step == RequestReader::Step::complete ? 200 : reader.refusal().status;
      return out;
    }
  }
  return out;
}

std::string get_of(std::size_t bytes) {
  std::string out = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
  out.insert(out.size() - 4, std::string(bytes - out.size(), 'x'));
  return out;
}

}  // namespace

TEST_CASE("a message reads the same however its bytes are cut into pieces") {
  for (const SmugglingCase& one : smuggling_corpus()) {
    CAPTURE(one.name);
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, one.bytes.size()}) {
      CAPTURE(piece);
      const Outcome out = read_in_pieces(one.bytes, piece);
      CHECK(out.status == one.status);
      if (one.status != 200) continue;
      CHECK(out.consumed == one.bytes.size());
      CHECK(std::string(method_name(out.request.method)) + ' ' + out.request.path + '|' +
                out.request.body ==
            one.seen);
    }
  }
}

TEST_CASE("a head may have exactly its limit of bytes") {
  ReaderLimits limits;
  limits.head_bytes_max = 512;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}}) {
    CHECK(read_in_pieces(get_of(512), piece, limits).status == 200);
    CHECK(read_in_pieces(get_of(513), piece, limits).status == 431);
  }
  CHECK(read_in_pieces(get_of(5000).substr(0, 4000), 100, limits).status == 431);
}

TEST_CASE("a target may have exactly its limit of bytes") {
  ReaderLimits limits;
  limits.target_bytes_max = 100;
  const auto line = [](std::size_t n) {
    return "GET /" + std::string(n - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  CHECK(read_in_pieces(line(100), 1, limits).status == 200);
  CHECK(read_in_pieces(line(101), 1, limits).status == 414);
  CHECK(read_in_pieces(line(4000).substr(0, 3000), 1, limits).status == 414);
}

TEST_CASE("the number of headers is limited") {
  const auto with = [](int n) {
    std::string out = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < n; ++i) out += "X: y\r\n";
    return out + "\r\n";
  };
  CHECK(read_in_pieces(with(100), 4096).status == 200);
  CHECK(read_in_pieces(with(101), 4096).status == 431);
}

TEST_CASE("a body may have exactly its limit of bytes, whole or in chunks") {
  ReaderLimits limits;
  limits.body_bytes_max = 10;
  const auto whole = [](std::size_t n) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(n) + "\r\n\r\n" +
           std::string(n, 'b');
  };
  const auto chunks = [](std::size_t n) {
    std::string out = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t i = 0; i < n; ++i) out += "1\r\nb\r\n";
    return out + "0\r\n\r\n";
  };
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}}) {
    CHECK(read_in_pieces(whole(10), piece, limits).request.body == "bbbbbbbbbb");
    CHECK(read_in_pieces(whole(11), piece, limits).status == 413);
    CHECK(read_in_pieces(chunks(10), piece, limits).request.body == "bbbbbbbbbb");
    CHECK(read_in_pieces(chunks(11), piece, limits).status == 413);
  }
}

TEST_CASE("the limit of a body can be set once its head is known") {
  const std::string_view bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  for (const std::size_t limit : {std::size_t{4}, std::size_t{5}}) {
    RequestReader reader;
    Request request;
    const auto head = reader.feed(bytes, request);
    REQUIRE(head.step == RequestReader::Step::head);
    reader.limit_body(limit);
    const auto body = reader.feed(bytes.substr(head.consumed), request);
    CHECK((body.step == RequestReader::Step::complete) == (limit == 5));
  }
}

TEST_CASE("one reader serves the requests of a connection in order") {
  const std::string bytes =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  RequestReader reader;
  std::size_t at = 0;
  std::string seen;
  bool keep = true;
  while (at < bytes.size()) {
    REQUIRE(keep);
    Request request;
    for (;;) {
      const auto [step, consumed] = reader.feed(std::string_view(bytes).substr(at), request);
      REQUIRE(step != RequestReader::Step::refused);
      REQUIRE(step != RequestReader::Step::need_more);
      at += consumed;
      if (step == RequestReader::Step::complete) break;
    }
    seen += request.path + request.body;
    keep = reader.keep_alive();
    reader.reset();
  }
  CHECK(seen == "/1ab/2c/3");
  CHECK_FALSE(keep);
}

TEST_CASE("HTTP/1.0 needs no host and never keeps the connection") {
  RequestReader reader;
  Request request;
  const auto got = reader.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", request);
  CHECK(got.step == RequestReader::Step::complete);
  CHECK_FALSE(reader.keep_alive());
  CHECK(request.host.empty());
}

TEST_CASE("a trailer adds nothing to the headers") {
  const Outcome out = read_in_pieces(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Role: admin\r\n\r\n",
      4096);
  CHECK(out.status == 200);
  CHECK_FALSE(out.request.headers.has("x-role"));
}

TEST_CASE("host and query come normalised") {
  const Outcome out = read_in_pieces(
      "GET /a?x=1&y=a%20b+c&x=2&z HTTP/1.1\r\nHost: EXAMPLE.Org.:8443\r\n\r\n", 4096);
  REQUIRE(out.status == 200);
  CHECK(out.request.host == "example.org");
  CHECK(out.request.port == 8443);
  CHECK(out.request.query_value("x") == "1");
  CHECK(out.request.query_value("y") == "a b c");
  CHECK(out.request.query_value("z") == "");
  CHECK_FALSE(out.request.query_value("w"));
  CHECK(out.request.query.size() == 4);
}

}  // namespace ks::http
