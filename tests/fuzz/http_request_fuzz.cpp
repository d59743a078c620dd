// Bytes of a connection. Whatever they are, requests that come out have a clean path, and reading
// them whole or in pieces gives the same requests and the same end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/wire/reader.hpp"

namespace {

using ks::http::Request;
using ks::http::RequestReader;

void check(const Request& request) {
  const std::string_view path = request.path;
  KS_ASSERT(path.starts_with('/'));
  KS_ASSERT(path.find("//") == std::string_view::npos);
  KS_ASSERT(path.find("/../") == std::string_view::npos && !path.ends_with("/.."));
  KS_ASSERT(path.find("/./") == std::string_view::npos && !path.ends_with("/."));
  KS_ASSERT(path.find('\\') == std::string_view::npos);
  KS_ASSERT(std::ranges::none_of(path, [](char c) { return c >= 0 && c < 0x20; }));
  KS_ASSERT(request.body.size() <= 4096);
  for (std::size_t i = 0; i < request.headers.size(); ++i)
    for (const char c : request.headers.at(i).value) KS_ASSERT(c != '\r' && c != '\n' && c != '\0');
}

// Everything that was read, in a form that two runs can be compared by.
std::string read_all(std::string_view bytes, std::size_t piece) {
  ks::http::ReaderLimits limits;
  limits.head_bytes_max = 1024;
  limits.target_bytes_max = 256;
  limits.body_bytes_max = 4096;
  RequestReader reader(limits);
  Request request;
  std::string out;
  std::size_t consumed = 0;
  std::size_t there = 0;
  for (;;) {
    const auto step = reader.feed(bytes.substr(consumed, there - consumed), request);
    KS_ASSERT(step.consumed <= there - consumed);
    consumed += step.consumed;
    switch (step.step) {
      case RequestReader::Step::head:
        break;
      case RequestReader::Step::refused:
        return out + "refused";
      case RequestReader::Step::complete:
        check(request);
        out += std::string(method_name(request.method)) + ' ' + request.host + request.path + '\n' +
               request.body + '\n';
        if (!reader.keep_alive()) return out + "closed";
        reader.reset();
        request.clear();
        break;
      case RequestReader::Step::need_more:
        // What is kept back between two reads must fit a connection's buffer.
        KS_ASSERT(there - consumed < 5120);
        if (there == bytes.size()) return out + "open";
        there = std::min(there + piece, bytes.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = read_all(bytes, std::max<std::size_t>(bytes.size(), 1));
  const std::string pieces = read_all(bytes, data[0] % 16 + std::size_t{1});
  KS_ASSERT_MSG(whole == pieces, whole + " | " + pieces);
  return 0;
}
