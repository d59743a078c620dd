#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "domain/ids.hpp"

namespace ks {

// The secret end of an invitation's link: 256 random bits behind the id of the organization, so
// that it is looked for in one tenant's rows and in no others. The id gives no right: whoever makes
// up a token for an organization finds nothing there.
class InvitationToken {
 public:
  static InvitationToken make(const OrgId& org, Random& random);
  // None for what no make() gave: cut, doubled, of another purpose, in another spelling.
  static std::optional<InvitationToken> parse(std::string_view text);

  const OrgId& org() const noexcept { return org_; }
  // For the mail and nowhere else.
  const std::string& text() const noexcept { return text_; }
  // As stored; of no other kind of token, should they have one text.
  std::string hash() const;

 private:
  InvitationToken(const OrgId& org, std::string text) : org_(org), text_(std::move(text)) {}
  OrgId org_;
  std::string text_;
};

}  // namespace ks
