#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "app/deployments.hpp"
#include "base/lru.hpp"

namespace ks::api {

// What a deployment's representation says to everybody who may read it, kept as text: a JSON object
// without its last brace, so that what depends on the caller can follow.
//
// Prevents an answer of one tenant, or of an earlier state, from being given again: a text is found
// only by the tenant of the scope and the id that the database gave, and only while the stamp that
// the database gave with it is the one the text was made under. Nothing that a caller sends is part
// of a key. From any thread.
class DeploymentTexts {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{32} << 20;
  explicit DeploymentTexts(std::size_t bytes_max = kBytesMax) : kept_(bytes_max) {}

  using Text = std::shared_ptr<const std::string>;
  // Null when there is none of this stamp.
  Text find(const TenantScope& scope, const DeploymentStamp& stamp);
  Text keep(const TenantScope& scope, DeploymentStamp stamp, std::string text);

 private:
  struct Key {
    ClientId client;
    OrgId org;
    DeploymentId id;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    using is_avalanching = void;
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Kept {
    DeploymentStamp stamp;
    std::string text;
  };
  Lru<Key, Kept, KeyHash> kept_;
};

}  // namespace ks::api
