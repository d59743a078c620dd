#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/stores.hpp"

// The end of a membership, and the way back.
namespace ks::app {

// A member who goes, and the right to let them go.
struct Leaving {
  MayRemove may;
  MemberRow member;
};

// What happens to one kind of thing that a person has in an organization when they leave it.
//
// Every noun that keeps something of a person per organization has its line in the list of
// removal.cpp; that is all it has to do to be part of removals and of their preview. `apply` runs
// in the removal's transaction, before the membership goes, and writes. What is not ours (something
// in the cluster) it writes down as wanted; whoever carries that out goes on until it is done.
struct RemovalEffect {
  std::string_view thing;    // What the API calls it, "deployments".
  std::string_view outcome;  // "closed", "removed", "revoked", "cancelled", "kept", "freed".
  std::string_view meaning;  // For people.
  // How many it concerns. Null where nobody can say: open streams are known to their servers only.
  Result<std::int64_t> (*count)(Tx&, const Stores&, const Leaving&);
  // Null where nothing has to be done.
  Result<void> (*apply)(Tx&, const Stores&, const Leaving&);
};
// In the order in which they are applied.
std::span<const RemovalEffect> removal_effects();

struct RemovalPreview {
  struct Item {
    const RemovalEffect* effect;
    std::optional<std::int64_t> count;
  };
  MemberRow member;
  std::vector<Item> items;
};
// What a removal would do; refused where the removal would be.
Result<RemovalPreview> preview_removal(Tx& tx, const Stores& stores, const TenantScope& scope,
                                       const PersonRef& person);

// `denied` above the caller's reach; `conflict` "last_owner", and "confirmation_required" for
// oneself.
Result<void> remove_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                           const PersonRef& person, bool confirmed,
                           const std::optional<std::int64_t>& if_version);
// The caller goes. `conflict` "last_owner".
Result<void> leave(Tx& tx, const Stores& stores, const TenantScope& scope);

struct Reinstated {
  MemberRow member;
  std::vector<MemberRow::InTeam> left_out;  // Teams that are gone, as they were called.
};
// What is wrong with the person that somebody is to be given back, and what to do: not_found
// "not_removed_here". Only for who may give somebody back; it tells of nobody elsewhere.
std::unexpected<Error> not_removed_here(std::string why);
// Gives back role and teams within kReinstatable of the removal, seats permitting, and tells the
// person. Done twice it is done once. "not_removed_here" for who never was there, or is gone for
// longer, or is named by an address that they had at another time; `conflict` "invitation_required"
// for who left by themselves or has another address now; 429 once they were told so 20 times today.
Result<Reinstated> reinstate(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const PersonRef& person);

}  // namespace ks::app
