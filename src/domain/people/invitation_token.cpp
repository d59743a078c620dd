#include "domain/people/invitation_token.hpp"

#include <array>

#include "base/digest.hpp"

namespace ks {

namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kSecretBytes = 32;
// Of 48 bytes; no bit of the last character is left over, so one token has one spelling.
constexpr std::size_t kTextLength = 64;

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

std::string bytes_of(const OrgId& org) {
  std::string digits;
  for (const char c : org.text())
    if (c != '-') digits += c;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    out += static_cast<char>(digit(digits[i]) * 16 + digit(digits[i + 1]));
  return out;
}

Result<OrgId> org_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    if (text.size() == 8 || text.size() == 13 || text.size() == 18 || text.size() == 23)
      text += '-';
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return OrgId::parse(text);
}

}  // namespace

InvitationToken InvitationToken::make(const OrgId& org, Random& random) {
  std::array<std::uint8_t, kSecretBytes> secret{};
  random.fill(secret);
  return {org, base64url(bytes_of(org) +
                         std::string(reinterpret_cast<const char*>(secret.data()), secret.size()))};
}

std::optional<InvitationToken> InvitationToken::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != kIdBytes + kSecretBytes) return std::nullopt;
  const auto org = org_of(std::string_view(*bytes).substr(0, kIdBytes));
  if (!org) return std::nullopt;
  return InvitationToken(*org, std::string(text));
}

std::string InvitationToken::hash() const { return hex(sha256("invitation\n" + text_)); }

}  // namespace ks
