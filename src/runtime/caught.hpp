#pragma once

#include <string>

namespace ks::runtime {

// Says what was thrown, for the log; to be called where it is caught:
//   catch (...) { result = bug(runtime::caught()); }
// Goes on throwing when a fiber is being unwound because its loop ended: that must reach the
// fiber's end, and a plain catch (...) would stop it.
std::string caught();

}  // namespace ks::runtime
