#include "api/kept/deployment_texts.hpp"

#include <functional>

namespace ks::api {

namespace {
// Of an entry beside its texts: both nodes, the keys, the strings' own parts.
constexpr std::size_t kEntryBytes = 600;
}  // namespace

std::size_t DeploymentTexts::KeyHash::operator()(const Key& key) const noexcept {
  return std::hash<std::string_view>{}(key.id.text());
}

DeploymentTexts::Text DeploymentTexts::find(const TenantScope& scope,
                                            const DeploymentStamp& stamp) {
  const auto kept = kept_.find({scope.client(), scope.org(), stamp.id});
  if (!kept || kept->stamp != stamp) return nullptr;
  return {kept, &kept->text};
}

DeploymentTexts::Text DeploymentTexts::keep(const TenantScope& scope, DeploymentStamp stamp,
                                            std::string text) {
  const std::size_t bytes = kEntryBytes + text.size() + stamp.status.size() + stamp.message.size();
  const auto kept = std::make_shared<const Kept>(Kept{std::move(stamp), std::move(text)});
  kept_.set({scope.client(), scope.org(), kept->stamp.id}, kept, bytes);
  return {kept, &kept->text};
}

}  // namespace ks::api
