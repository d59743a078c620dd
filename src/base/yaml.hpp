#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace ks {

// A place in a text; both count from 1.
struct TextMark {
  int line = 1;
  int column = 1;
};

// "line 7, column 3".
std::string to_text(TextMark mark);

// One YAML document as a tree of JSON, and where in the text each of its values starts.
struct Yaml {
  Json value;
  std::map<std::string, TextMark> marks;  // By JSON pointer (RFC 6901); "" is the root.

  // The place of the value at `pointer`, or of the nearest value around it.
  TextMark mark(std::string_view pointer) const;
};

struct YamlLimits {
  std::size_t bytes_max = 64 * 1024;
  std::size_t depth_max = 32;
};

// YAML 1.2 with the core schema: plain scalars are null, true/false, integers (decimal, 0o, 0x),
// floats or text; quoted and block scalars are text. Refused, because they surprise or explode:
// duplicate keys, anchors, aliases, explicit tags, keys that are no scalars, more than one
// document, control characters, numbers that JSON cannot hold. Every message names line and column.
Result<Yaml> parse_yaml(std::string_view text, YamlLimits limits = {});

}  // namespace ks
