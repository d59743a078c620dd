#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "domain/ids.hpp"

namespace ks {

// Whose deployments a namespace holds; the team counts where the pattern names it.
struct NamespaceOwner {
  ClientId client;
  OrgId org;
  UserId user;
  TeamId team;
  std::string org_slug;
  std::string team_slug;
};

// How the namespaces of sandboxes are named: text with {userId}, {orgId}, {teamId}, {clientId},
// {orgSlug} and {teamSlug} in it.
class NamespacePattern {
 public:
  static constexpr std::size_t kLengthMax = 63;

  // sandbox-{userId}
  NamespacePattern();
  // The error says what to mend.
  static Result<NamespacePattern> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // Whether each team that a person deploys in has a namespace of its own.
  bool names_team() const;
  // Each a valid name; the first that was never given to anybody is the owner's. The last ends with
  // digits that nobody knows before: all others can be made of slugs, so that somebody who founds
  // organizations of such slugs has them given away.
  std::vector<std::string> names(const NamespaceOwner& owner, Random& random) const;
  // Whether it has one owner or another called exactly so.
  bool can_give(std::string_view name) const;

 private:
  explicit NamespacePattern(std::string_view text) : text_(text) {}
  bool has(std::string_view placeholder) const {
    return text_.find(placeholder) != std::string::npos;
  }
  bool tells_organizations_apart() const;
  std::string text_;
};

}  // namespace ks
