#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view data);
// RFC 2104 over SHA-256.
Sha256 hmac_sha256(std::string_view key, std::string_view data);
// HMAC over fields with each field's length before it, so that no two lists of fields give the same
// input ("ab","c" and "a","bc").
Sha256 hmac_fields(std::string_view key, std::initializer_list<std::string_view> fields);
// RFC 5869 with an empty salt; 32 bytes for one purpose from one master key.
std::string derive_key(std::string_view master, std::string_view purpose);

std::string hex(std::span<const std::uint8_t> bytes);
std::string base64(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);
// RFC 4648 section 5, no padding.
std::string base64url(std::string_view bytes);
Result<std::string> from_base64url(std::string_view text);

inline std::string_view bytes_of(const Sha256& d) {
  return {reinterpret_cast<const char*>(d.data()), d.size()};
}

// Takes the same time wherever the two differ; different lengths are told apart at once.
bool equal_secret(std::string_view a, std::string_view b);

}  // namespace ks
