#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace ks {

// The secret end of a link that is mailed; what random_token() gives. It stands behind the '#' of
// the link, is sealed in the database until the mail is sent, and never logged.
class LinkToken {
 public:
  explicit LinkToken(std::string text) : text_(std::move(text)) {
    KS_ASSERT(text_.size() >= 22 && text_.size() <= 200);
    KS_ASSERT(std::ranges::all_of(text_, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    }));
  }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace ks
