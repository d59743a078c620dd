#include "base/yaml.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <istream>
#include <optional>
#include <set>
#include <streambuf>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/utf8.hpp"

namespace ks {

std::string to_text(TextMark mark) {
  return fmt::format("line {}, column {}", mark.line, mark.column);
}

TextMark Yaml::mark(std::string_view pointer) const {
  for (;;) {
    if (const auto at = marks.find(std::string(pointer)); at != marks.end()) return at->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return {};
    pointer = pointer.substr(0, slash);
  }
}

namespace {

// Leaves yaml-cpp's parser from inside an event; never leaves this file.
struct Refused {
  TextMark mark;
  std::string why;
};

bool all_of(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";

bool is_word(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
    if (!all_of(exponent, kDigits)) return false;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return all_of(text, kDigits);
  const std::string_view whole = text.substr(0, point), fraction = text.substr(point + 1);
  if (whole.empty()) return all_of(fraction, kDigits);
  return all_of(whole, kDigits) && (fraction.empty() || all_of(fraction, kDigits));
}

std::int64_t integer(std::string_view digits, int base, TextMark mark) {
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, code] = std::from_chars(digits.data(), end, value, base);
  if (code != std::errc{} || at != end) throw Refused{mark, "a number that does not fit 64 bits"};
  return value;
}

// A plain scalar by the core schema (YAML 1.2.2, 10.3.2).
Json plain_scalar(std::string_view text, TextMark mark) {
  if (is_word(text, {"", "~", "null", "Null", "NULL"})) return {};
  if (is_word(text, {"true", "True", "TRUE"})) return true;
  if (is_word(text, {"false", "False", "FALSE"})) return false;
  std::string_view digits = text;
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  if (is_word(digits, {".inf", ".Inf", ".INF"}) || is_word(text, {".nan", ".NaN", ".NAN"}))
    throw Refused{mark, "a number that is not finite"};
  if (all_of(digits, kDigits))
    return integer(text.starts_with('+') ? text.substr(1) : text, 10, mark);
  if (text.starts_with("0o") && all_of(text.substr(2), "01234567"))
    return integer(text.substr(2), 8, mark);
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF"))
    return integer(text.substr(2), 16, mark);
  if (is_float(text)) {
    const std::string_view number = text.starts_with('+') ? text.substr(1) : text;
    double value = 0;
    const auto [at, code] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (code != std::errc{} || at != number.data() + number.size() || !std::isfinite(value))
      throw Refused{mark, "a number that does not fit a double"};
    return value;
  }
  return text;
}

// Builds the tree from yaml-cpp's events. Its own node graph is not used: it expands aliases and
// keeps duplicate keys.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Refused{mark_of(mark), "a second document"};
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor != 0) refuse_anchor(mark);
    add(Json(), mark_of(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (anchor != 0) refuse_anchor(mark);
    // "?" stands for a plain scalar without a tag, "!" for a quoted one.
    if (tag != "?" && tag != "!") refuse_tag(mark);
    const TextMark at = mark_of(mark);
    if (tag == "!") check_quote(mark);
    if (wants_key()) return take_key(value, at);
    add(tag == "?" ? plain_scalar(value, at) : Json(value), at);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Json::array(), mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Json::object(), mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  Yaml take() { return {std::move(root_), std::move(marks_)}; }

  // yaml-cpp counts columns in bytes; people count characters. Marks come nearly in order, so that
  // each walk starts where the last one ended.
  TextMark mark_of(const YAML::Mark& mark) {
    if (mark.is_null()) return {};
    const std::size_t at = std::min(static_cast<std::size_t>(mark.pos), text_.size());
    if (at < walked_) {
      walked_ = 0;
      walked_mark_ = {};
    }
    for (; walked_ < at; ++walked_) {
      const char c = text_[walked_];
      if (c == '\n')
        walked_mark_ = {walked_mark_.line + 1, 1};
      else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
        ++walked_mark_.column;
    }
    return walked_mark_;
  }

 private:
  struct Frame {
    Json value;
    std::string pointer;
    std::optional<std::string> key;
    std::set<std::string> keys;
  };

  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) {
    throw Refused{mark_of(mark), "anchors and aliases are not supported"};
  }
  [[noreturn]] void refuse_tag(const YAML::Mark& mark) {
    throw Refused{mark_of(mark), "tags are not supported"};
  }

  // yaml-cpp 0.7 takes a text whose closing quote is missing when the document ends in a line
  // break.
  void check_quote(const YAML::Mark& mark) {
    std::size_t at = static_cast<std::size_t>(mark.pos);
    if (at >= text_.size() || (text_[at] != '\'' && text_[at] != '"')) return;
    const char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (quote == '"' && text_[at] == '\\')
        ++at;
      else if (text_[at] == quote && quote == '\'' && text_.substr(at + 1).starts_with('\''))
        ++at;
      else if (text_[at] == quote)
        return;
    }
    throw Refused{mark_of(mark), "a text without its closing quote"};
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().value.is_object() && !open_.back().key;
  }

  void take_key(const std::string& key, TextMark mark) {
    Frame& frame = open_.back();
    if (!frame.keys.insert(key).second)
      throw Refused{mark, fmt::format("the key \"{}\" occurs twice", key.substr(0, 64))};
    frame.key = key;
  }

  // Where the next value belongs.
  std::string pointer_of_next() const {
    if (open_.empty()) return {};
    const Frame& frame = open_.back();
    if (frame.value.is_object()) return frame.pointer + pointer_token(*frame.key);
    return frame.pointer + "/" + std::to_string(frame.value.as_array().size());
  }

  void add(Json value, TextMark mark) {
    if (wants_key()) throw Refused{mark, "a key that is no text"};
    marks_.emplace(pointer_of_next(), mark);
    put(std::move(value));
  }

  void put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Frame& frame = open_.back(); frame.value.is_object()) {
      frame.value.members().emplace_back(std::move(*frame.key), std::move(value));
      frame.key.reset();
    } else {
      frame.value.push(std::move(value));
    }
  }

  void open(Json container, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse_anchor(mark);
    if (tag != "?" && !tag.empty()) refuse_tag(mark);
    if (wants_key()) throw Refused{mark_of(mark), "a key that is no text"};
    if (open_.size() >= depth_max_)
      throw Refused{mark_of(mark), fmt::format("nested deeper than {} levels", depth_max_)};
    std::string pointer = pointer_of_next();
    marks_.emplace(pointer, mark_of(mark));
    open_.push_back(Frame{std::move(container), std::move(pointer), std::nullopt, {}});
  }

  void close() {
    Json done = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(done));
  }

  std::string_view text_;
  std::size_t depth_max_;
  std::size_t walked_ = 0;
  TextMark walked_mark_;
  int documents_ = 0;
  Json root_;
  std::map<std::string, TextMark> marks_;
  std::vector<Frame> open_;
};

// A stream over text that stays where it is.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

std::unexpected<Error> refused(TextMark mark, std::string_view why) {
  return invalid(fmt::format("{}: {}", to_text(mark), why));
}

// YAML 1.2.2, 5.1: no C0 control character but tab and line breaks.
std::optional<TextMark> control_character(std::string_view text) {
  TextMark mark;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && c != '\t' && c != '\n' && c != '\r') || u == 0x7f) return mark;
    if (c == '\n')
      mark = {mark.line + 1, 1};
    else if ((u & 0xc0) != 0x80)
      ++mark.column;
  }
  return std::nullopt;
}

}  // namespace

Result<Yaml> parse_yaml(std::string_view text, YamlLimits limits) {
  if (text.size() > limits.bytes_max)
    return refused({}, fmt::format("longer than {} bytes", limits.bytes_max));
  // yaml-cpp guesses UTF-16 and UTF-32 from the first bytes, and mends what is no UTF-8 silently.
  if (!is_utf8(text)) return refused({}, "not valid UTF-8");
  if (const auto mark = control_character(text)) return refused(*mark, "a control character");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Builder builder(text, limits.depth_max);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& r) {
    return refused(r.mark, r.why);
  } catch (const YAML::Exception& e) {
    return refused(builder.mark_of(e.mark), e.msg);
  }
  return builder.take();
}

}  // namespace ks
