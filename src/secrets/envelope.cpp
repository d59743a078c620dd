#include "secrets/envelope.hpp"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/digest.hpp"

namespace ks {

namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

// Fields with their lengths, so that no two lists of fields give the same additional data.
std::string bind(std::initializer_list<std::string_view> fields) {
  std::string aad;
  for (const auto field : fields) aad += std::to_string(field.size()) + ":" + std::string(field);
  return aad;
}

// nonce || ciphertext || tag, as base64.
std::string encrypt(Random& random, std::string_view key, std::string_view aad,
                    std::string_view plaintext) {
  std::string sealed(kNonceBytes + plaintext.size() + kTagBytes, '\0');
  random.fill({out(sealed, 0), kNonceBytes});
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int n = 0;
  KS_ASSERT(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key), out(sealed, 0)) ==
            1);
  KS_ASSERT(EVP_EncryptUpdate(cipher.get(), nullptr, &n, in(aad), static_cast<int>(aad.size())) ==
            1);
  KS_ASSERT(EVP_EncryptUpdate(cipher.get(), out(sealed, kNonceBytes), &n, in(plaintext),
                              static_cast<int>(plaintext.size())) == 1);
  KS_ASSERT(EVP_EncryptFinal_ex(cipher.get(), out(sealed, kNonceBytes + plaintext.size()), &n) ==
            1);
  KS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                out(sealed, kNonceBytes + plaintext.size())) == 1);
  return base64(sealed);
}

Result<std::string> decrypt(std::string_view key, std::string_view aad, std::string_view text) {
  auto sealed = from_base64(text);
  if (!sealed || sealed->size() < kNonceBytes + kTagBytes)
    return bug("a sealed value is malformed");
  const std::size_t length = sealed->size() - kNonceBytes - kTagBytes;
  std::string plain(length, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int n = 0;
  KS_ASSERT(
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key), out(*sealed, 0)) == 1);
  KS_ASSERT(EVP_DecryptUpdate(cipher.get(), nullptr, &n, in(aad), static_cast<int>(aad.size())) ==
            1);
  KS_ASSERT(EVP_DecryptUpdate(cipher.get(), out(plain, 0), &n, out(*sealed, kNonceBytes),
                              static_cast<int>(length)) == 1);
  KS_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes,
                                out(*sealed, kNonceBytes + length)) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), out(plain, length), &n) != 1)
    return bug("a sealed value does not open: another key, another row, or it was changed");
  return plain;
}

}  // namespace

std::string Envelope::new_key(Random& random, const ClientId& client, const OrgId& org) const {
  std::string key(kKeyBytes, '\0');
  random.fill({out(key, 0), key.size()});
  std::string wrapped = encrypt(random, derive_key(master_, "wrap"),
                                bind({"org-key", client.text(), org.text()}), key);
  OPENSSL_cleanse(key.data(), key.size());
  return wrapped;
}

Result<std::string> Envelope::unwrap(std::string_view wrapped, const ClientId& client,
                                     const OrgId& org) const {
  return decrypt(derive_key(master_, "wrap"), bind({"org-key", client.text(), org.text()}),
                 wrapped);
}

Result<std::string> Envelope::seal(Random& random, std::string_view wrapped_key,
                                   const ClientId& client, const OrgId& org,
                                   std::string_view purpose, std::string_view plaintext) const {
  KS_TRY(std::string key, unwrap(wrapped_key, client, org));
  std::string sealed =
      encrypt(random, key, bind({"secret", client.text(), org.text(), purpose}), plaintext);
  OPENSSL_cleanse(key.data(), key.size());
  return sealed;
}

Result<std::string> Envelope::open(std::string_view wrapped_key, const ClientId& client,
                                   const OrgId& org, std::string_view purpose,
                                   std::string_view sealed) const {
  KS_TRY(std::string key, unwrap(wrapped_key, client, org));
  auto plain = decrypt(key, bind({"secret", client.text(), org.text(), purpose}), sealed);
  OPENSSL_cleanse(key.data(), key.size());
  return plain;
}

std::string Envelope::seal_for(Random& random, const ClientId& client, std::string_view purpose,
                               std::string_view plaintext) const {
  std::string key = derive_key(master_, "client/" + client.str());
  std::string sealed =
      encrypt(random, key, bind({"client-secret", client.text(), purpose}), plaintext);
  OPENSSL_cleanse(key.data(), key.size());
  return sealed;
}

Result<std::string> Envelope::open_for(const ClientId& client, std::string_view purpose,
                                       std::string_view sealed) const {
  std::string key = derive_key(master_, "client/" + client.str());
  auto plain = decrypt(key, bind({"client-secret", client.text(), purpose}), sealed);
  OPENSSL_cleanse(key.data(), key.size());
  return plain;
}

std::string Envelope::mark(const ClientId& client, std::string_view purpose,
                           std::string_view text) const {
  return hex(hmac_fields(derive_key(master_, "marks"), {purpose, client.text(), text}));
}

}  // namespace ks
