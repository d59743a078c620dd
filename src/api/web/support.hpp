#pragma once

#include <string>

namespace ks::api {

// How people reach whoever runs the installation, each empty where it is not set. An address as
// EmailAddress takes it, an https address without a login; checked where they are set.
struct Support {
  std::string mail;
  std::string url;
};

}  // namespace ks::api
