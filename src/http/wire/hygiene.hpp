#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/wire/reader.hpp"

namespace ks::http {

bool token_char(char c);

// What the checks of a head found out on their way.
struct HeadFacts {
  Method method = Method::get;
  bool http_1_0 = false;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  bool expects_continue = false;
  std::string_view target;
  std::string_view host;
};

// Checks a whole head, from the request line to the empty line, byte by byte. It exists because
// every leniency of a parser is a chance that a proxy in front reads the same bytes differently.
std::optional<Refusal> check_head(std::string_view head, const ReaderLimits& limits,
                                  HeadFacts& facts);

// Walks the framing of a chunked body beside Beast's parser and refuses what Beast lets pass: odd
// sizes, long extensions, bare line feeds, loose trailer lines. The two must end at the same byte.
class ChunkGuard {
 public:
  void reset() { *this = ChunkGuard(); }
  // Walks `bytes` up to the end of the body. Returns how many bytes belong to it, or what is wrong.
  std::size_t walk(std::string_view bytes);
  bool done() const { return state_ == State::done; }
  // How many of the last bytes belong to a chunk line or trailer that is not whole yet. Beast gets
  // such lines whole only: it asserts on some that come in pieces.
  std::size_t pending() const { return pending_; }
  const char* why() const { return why_; }

 private:
  enum class State { size, extension, size_lf, data, data_cr, data_lf, trailer, trailer_lf, done };
  void fail(const char* why) {
    if (why_ == nullptr) why_ = why;
  }
  void step(char c);

  State state_ = State::size;
  std::uint64_t left_ = 0;
  unsigned digits_ = 0;
  std::size_t pending_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string line_;
  const char* why_ = nullptr;
};

}  // namespace ks::http
