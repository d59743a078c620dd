#pragma once

#include <string>
#include <string_view>

namespace ks {

inline constexpr const char* kSandboxNotReady = "SandboxNotReady";
// The sandbox lets more through than it is to: what runs goes on, and nothing starts in it.
inline constexpr const char* kSandboxBehind = "SandboxBehind";

// What a deployment says that waits for its sandbox, with why that is not ready.
inline std::string waits_for_sandbox(std::string_view why) {
  constexpr std::string_view kWaiting = "Waiting for the sandbox.";
  if (why.empty() || why.starts_with(kWaiting)) return std::string(kWaiting);
  return std::string(kWaiting) + " " + std::string(why);
}

}  // namespace ks
