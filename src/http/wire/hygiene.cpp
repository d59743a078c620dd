#include "http/wire/hygiene.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ks::http {

namespace {

constexpr std::size_t kChunkExtensionBytesMax = 128;
constexpr unsigned kChunkDigitsMax = 15;
constexpr std::size_t kTrailerBytesMax = 2048;

constexpr std::array<bool, 256> kTokenChars = [] {
  std::array<bool, 256> out{};
  for (int c = '0'; c <= '9'; ++c) out[static_cast<unsigned char>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) out[static_cast<unsigned char>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) out[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    out[static_cast<unsigned char>(c)] = true;
  return out;
}();

// Field text: visible, space, tab and obs-text; no other control character.
constexpr std::array<bool, 256> kValueChars = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0x20; c < 256; ++c) out[c] = c != 0x7f;
  out['\t'] = true;
  return out;
}();

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

struct Field {
  std::string_view name;
  std::string_view value;
};

// One line without its CRLF.
const char* check_field(std::string_view line, Field& field) {
  if (line.front() == ' ' || line.front() == '\t') return "folded header line";
  std::size_t colon = 0;
  while (colon < line.size() && kTokenChars[static_cast<unsigned char>(line[colon])]) ++colon;
  if (colon == 0) return "header without a name";
  if (colon == line.size()) return "header line without a colon";
  if (line[colon] != ':') return "bad character in header name";
  for (const char c : line.substr(colon + 1))
    if (!kValueChars[static_cast<unsigned char>(c)]) return "control character in header value";
  field.name = line.substr(0, colon);
  field.value = trim(line.substr(colon + 1));
  return nullptr;
}

// Fields of which a second one could be read by somebody else in place of the first.
constexpr std::array<std::string_view, 8> kSingleFields{
    "host",   "content-length", "transfer-encoding", "content-type", "authorization", "cookie",
    "origin", "expect"};

std::optional<Refusal> check_request_line(std::string_view line, const ReaderLimits& limits,
                                          HeadFacts& facts) {
  std::size_t at = 0;
  while (at < line.size() && token_char(line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ' ') return Refusal{400, "bad request line"};
  const std::string_view name = line.substr(0, at);
  const std::size_t space = line.find(' ', at + 1);
  if (space == std::string_view::npos || space == at + 1) return Refusal{400, "bad request line"};
  facts.target = line.substr(at + 1, space - at - 1);
  const std::string_view version = line.substr(space + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7]))
    return Refusal{400, "bad HTTP version"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return Refusal{505, "HTTP version not supported"};
  facts.http_1_0 = version[7] == '0';
  const auto method = parse_method(name);
  if (!method) {
    if (name == "CONNECT" || name == "TRACE") return Refusal{405, "method not allowed"};
    return Refusal{501, "method not implemented"};
  }
  facts.method = *method;
  if (facts.target.size() > limits.target_bytes_max) return Refusal{414, "target too long"};
  return std::nullopt;
}

std::optional<Refusal> read_length(std::string_view value, HeadFacts& facts) {
  if (value.empty()) return Refusal{400, "bad Content-Length"};
  std::uint64_t length = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return Refusal{400, "bad Content-Length"};
    // Far beyond any limit, and far from overflow.
    if (length > 1'000'000'000'000'000) return Refusal{413, "body too large"};
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  facts.content_length = length;
  return std::nullopt;
}

std::optional<Refusal> read_coding(std::string_view value, HeadFacts& facts) {
  if (equal_ignoring_case(value, "chunked")) {
    facts.chunked = true;
    return std::nullopt;
  }
  if (value.empty()) return Refusal{400, "bad Transfer-Encoding"};
  std::size_t chunked = 0;
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view coding = trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (coding.empty() || !std::ranges::all_of(coding, token_char))
      return Refusal{400, "bad Transfer-Encoding"};
    if (chunked > 0) return Refusal{400, "chunked is not the last transfer coding"};
    if (equal_ignoring_case(coding, "chunked")) ++chunked;
  }
  return Refusal{501, "transfer coding not implemented"};
}

}  // namespace

bool token_char(char c) { return kTokenChars[static_cast<unsigned char>(c)]; }

std::optional<Refusal> check_head(std::string_view head, const ReaderLimits& limits,
                                  HeadFacts& facts) {
  std::size_t end = head.find("\r\n");
  if (end == std::string_view::npos) return Refusal{400, "bad request line"};
  if (auto refusal = check_request_line(head.substr(0, end), limits, facts)) return refusal;
  head.remove_prefix(end + 2);

  std::size_t count = 0;
  std::array<bool, kSingleFields.size()> seen{};
  while (!head.starts_with("\r\n")) {
    end = head.find("\r\n");
    if (end == std::string_view::npos) return Refusal{400, "bad line ending"};
    Field field;
    if (const char* why = check_field(head.substr(0, end), field)) return Refusal{400, why};
    head.remove_prefix(end + 2);
    if (++count > limits.headers_max) return Refusal{431, "too many headers"};
    for (std::size_t i = 0; i < kSingleFields.size(); ++i) {
      if (!equal_ignoring_case(field.name, kSingleFields[i])) continue;
      if (std::exchange(seen[i], true)) return Refusal{400, "header given twice"};
      std::optional<Refusal> refusal;
      if (i == 0)
        facts.host = field.value;
      else if (i == 1)
        refusal = read_length(field.value, facts);
      else if (i == 2)
        refusal = read_coding(field.value, facts);
      else if (i == 7) {
        if (!equal_ignoring_case(field.value, "100-continue"))
          refusal = Refusal{417, "expectation not supported"};
        facts.expects_continue = true;
      }
      if (refusal) return refusal;
      break;
    }
  }
  if (facts.content_length && facts.chunked)
    return Refusal{400, "both Content-Length and Transfer-Encoding"};
  if (facts.chunked && facts.http_1_0) return Refusal{400, "Transfer-Encoding with HTTP/1.0"};
  if (!seen[0] && !facts.http_1_0) return Refusal{400, "Host missing"};
  if (seen[0] && facts.host.empty()) return Refusal{400, "Host empty"};
  return std::nullopt;
}

std::size_t ChunkGuard::walk(std::string_view bytes) {
  std::size_t i = 0;
  while (i < bytes.size() && !done() && why_ == nullptr) {
    if (state_ == State::data) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - i));
      left_ -= n;
      i += n;
      if (left_ == 0) state_ = State::data_cr;
      continue;
    }
    step(bytes[i++]);
    pending_ = state_ == State::data || done() ? 0 : pending_ + 1;
  }
  return i;
}

void ChunkGuard::step(char c) {
  switch (state_) {
    case State::size: {
      const bool digit = c >= '0' && c <= '9';
      const char low = static_cast<char>(c | 0x20);
      if (digit || (low >= 'a' && low <= 'f')) {
        if (++digits_ > kChunkDigitsMax) return fail("chunk size too long");
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit ? c - '0' : low - 'a' + 10);
      } else if (digits_ == 0) {
        fail("bad chunk size");
      } else if (c == '\r') {
        state_ = State::size_lf;
      } else if (c == ';') {
        state_ = State::extension;
        line_bytes_ = 0;
      } else {
        fail("bad chunk size");
      }
      return;
    }
    case State::extension:
      if (c == '\r')
        state_ = State::size_lf;
      else if (!kValueChars[static_cast<unsigned char>(c)])
        fail("bad chunk extension");
      else if (++line_bytes_ > kChunkExtensionBytesMax)
        fail("chunk extension too long");
      return;
    case State::size_lf:
      if (c != '\n') return fail("bad line ending in chunk");
      state_ = left_ == 0 ? State::trailer : State::data;
      digits_ = 0;
      return;
    case State::data:
      return;
    case State::data_cr:
      if (c != '\r') return fail("chunk longer than its size");
      state_ = State::data_lf;
      return;
    case State::data_lf:
      if (c != '\n') return fail("chunk longer than its size");
      state_ = State::size;
      return;
    case State::trailer:
      if (++trailer_bytes_ > kTrailerBytesMax) return fail("trailer too long");
      if (c == '\r')
        state_ = State::trailer_lf;
      else if (c == '\n')
        fail("bad line ending in trailer");
      else
        line_ += c;
      return;
    case State::trailer_lf: {
      if (c != '\n') return fail("bad line ending in trailer");
      if (line_.empty()) {
        state_ = State::done;
        return;
      }
      Field ignored;
      if (const char* why = check_field(line_, ignored)) return fail(why);
      line_.clear();
      state_ = State::trailer;
      return;
    }
    case State::done:
      return;
  }
}

}  // namespace ks::http
