#include "api/web/bundle.hpp"

namespace ks::api {

// For builds of which nobody looks at the pages: they need no Node.
WebBundle web_bundle() { return {}; }

}  // namespace ks::api
