#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace ks {

namespace {
const unsigned char* bytes_at(std::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

std::string encode(std::string_view bytes, const char* alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t block = 0;
  int bits = 0;
  for (const char c : bytes) {
    block = (block << 8) | static_cast<std::uint8_t>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += alphabet[(block >> bits) & 63];
    }
  }
  if (bits > 0) out += alphabet[(block << (6 - bits)) & 63];
  while (pad && out.size() % 4 != 0) out += '=';
  return out;
}

int value_of(char c, bool url) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == (url ? '-' : '+')) return 62;
  if (c == (url ? '_' : '/')) return 63;
  return -1;
}

Result<std::string> decode(std::string_view text, bool url) {
  if (text.size() % 4 == 1) return invalid("not base64");
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t block = 0;
  int bits = 0;
  for (const char c : text) {
    const int v = value_of(c, url);
    if (v < 0) return invalid("not base64");
    block = (block << 6) | static_cast<std::uint32_t>(v);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((block >> bits) & 0xff);
    }
  }
  // Left-over bits must be zero, else two texts would decode to the same bytes.
  if ((block & ((1U << bits) - 1)) != 0) return invalid("not base64");
  return out;
}

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrl[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}  // namespace

Sha256 sha256(std::string_view data) {
  // Looking the algorithm up takes longer than a short text does.
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 out;
  KS_ASSERT(kSha256 != nullptr &&
            EVP_Digest(data.data(), data.size(), out.data(), nullptr, kSha256, nullptr) == 1);
  return out;
}

Sha256 hmac_sha256(std::string_view key, std::string_view data) {
  Sha256 out;
  unsigned length = 0;
  // OpenSSL takes a null key for a call that continues an earlier one, and fails.
  const char* key_bytes = key.empty() ? "" : key.data();
  KS_ASSERT(HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()), bytes_at(data), data.size(),
                 out.data(), &length) != nullptr);
  return out;
}

Sha256 hmac_fields(std::string_view key, std::initializer_list<std::string_view> fields) {
  std::string input;
  for (const auto field : fields) {
    for (int shift = 56; shift >= 0; shift -= 8)
      input += static_cast<char>((static_cast<std::uint64_t>(field.size()) >> shift) & 0xff);
    input += field;
  }
  return hmac_sha256(key, input);
}

std::string derive_key(std::string_view master, std::string_view purpose) {
  const Sha256 extracted = hmac_sha256(std::string(32, '\0'), master);
  const Sha256 expanded = hmac_sha256(bytes_of(extracted), std::string(purpose) + '\x01');
  return std::string(bytes_of(expanded));
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t b : bytes) {
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}

std::string base64(std::string_view bytes) { return encode(bytes, kStandard, true); }

Result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return invalid("not base64");
  if (text.ends_with("=="))
    text.remove_suffix(2);
  else if (text.ends_with("="))
    text.remove_suffix(1);
  return decode(text, false);
}

std::string base64url(std::string_view bytes) { return encode(bytes, kUrl, false); }

Result<std::string> from_base64url(std::string_view text) { return decode(text, true); }

bool equal_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ks
