#pragma once

#include <span>
#include <string_view>

namespace ks::api {

// A file of the web pages as their build left it.
struct WebFile {
  std::string_view name;  // Below /assets; holds a digest of the content, so it is never another.
  std::string_view type;
  std::string_view plain;
  // Of the same content; empty where it would not be smaller.
  std::string_view brotli;
  std::string_view gzip;
};

// The web pages: one document for all addresses, and what it refers to. All of it lives as long as
// the program.
struct WebBundle {
  // With {{nonce}}, {{locale}} and the like (shell.hpp) where the server fills in; empty in a
  // program that was built without the web.
  std::string_view page;
  std::span<const WebFile> files;
};

// What this program was built with.
WebBundle web_bundle();

}  // namespace ks::api
