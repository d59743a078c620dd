#include "base/digest.hpp"

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ks {

namespace {
std::string from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

// Bytes on two pages: one edge of them is a single byte, the rest is on the other page.
class AcrossPages {
 public:
  enum class Edge { first, last };
  AcrossPages(std::string_view bytes, Edge edge)
      : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), size_(bytes.size()), edge_(edge) {
    REQUIRE(size_ <= page_);
    void* const pages =
        ::mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED);
    pages_ = static_cast<char*>(pages);
    bytes.copy(start(), size_);
  }
  ~AcrossPages() { ::munmap(pages_, 2 * page_); }
  AcrossPages(const AcrossPages&) = delete;
  AcrossPages& operator=(const AcrossPages&) = delete;

  std::string_view text() const { return {start(), size_}; }
  // From here on whoever reads the edge dies of it.
  void forbid_edge() const {
    ::mprotect(edge_ == Edge::first ? pages_ : pages_ + page_, page_, PROT_NONE);
  }

 private:
  char* start() const { return pages_ + page_ - (edge_ == Edge::first ? 1 : size_ - 1); }
  std::size_t page_;
  std::size_t size_;
  Edge edge_;
  char* pages_ = nullptr;
};

// Whether comparing the two reads the edge of the first, or of the second.
bool reads_edge(std::string_view a, std::string_view b, AcrossPages::Edge edge, bool of_first) {
  constexpr int kRead = 42;
  const AcrossPages first(a, edge), second(b, edge);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (const int fault : {SIGSEGV, SIGBUS}) (void)std::signal(fault, [](int) { ::_exit(kRead); });
    (of_first ? first : second).forbid_edge();
    ::_exit(equal_secret(first.text(), second.text()) ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == kRead;
}
}  // namespace

// FIPS 180-4 examples and the empty message.
TEST_CASE("SHA-256 gives the standard's answers") {
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(hex(sha256({})) == hex(sha256("")));
}

// RFC 4231, test cases 1 to 4, 6 and 7.
TEST_CASE("HMAC-SHA-256 gives the RFC's answers") {
  struct Case {
    std::string key, data, wanted;
  };
  const std::string long_key(131, '\xaa');
  const std::vector<Case> cases = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
      {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.data);
    CHECK(hex(hmac_sha256(c.key, c.data)) == c.wanted);
  }
  CHECK(hex(hmac_sha256({}, {})) == cases.back().wanted);
}

// RFC 5869 with an empty salt and a purpose; the expected value from test case 3's scheme: one
// block of HKDF-Expand over HKDF-Extract(zeros, master).
TEST_CASE("a derived key is HKDF with an empty salt") {
  // Test case 3 of the RFC has L = 42; its first 32 bytes are the first block.
  CHECK(hex(sha256(derive_key(std::string(22, '\x0b'), ""))) ==
        hex(sha256(from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"))));
  CHECK(derive_key("master", "cookies") != derive_key("master", "cursors"));
  CHECK(derive_key("master", "cookies") != derive_key("other", "cookies"));
  CHECK(derive_key("master", "cookies").size() == 32);
}

TEST_CASE("no two lists of fields give one MAC") {
  CHECK(hmac_fields("k", {"ab", "c"}) != hmac_fields("k", {"a", "bc"}));
  CHECK(hmac_fields("k", {"abc"}) != hmac_fields("k", {"abc", ""}));
  CHECK(hmac_fields("k", {}) != hmac_fields("k", {""}));
  CHECK(hmac_fields("k", {"a"}) != hmac_fields("l", {"a"}));
  CHECK(hmac_fields("k", {"a", "b"}) == hmac_fields("k", {"a", "b"}));
}

// RFC 4648, section 10.
TEST_CASE("base64 gives the RFC's answers in both directions") {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    CAPTURE(text);
    CHECK(base64(bytes) == text);
    const auto back = from_base64(text);
    REQUIRE(back);
    CHECK(*back == bytes);
    const std::string bare = text.substr(0, text.find('='));
    CHECK(base64url(bytes) == bare);
    const auto url_back = from_base64url(bare);
    REQUIRE(url_back);
    CHECK(*url_back == bytes);
  }
  CHECK(base64("\xfb\xff\xbf") == "+/+/");
  CHECK(base64url("\xfb\xff\xbf") == "-_-_");
}

TEST_CASE("what no encoder writes is not decoded") {
  for (const std::string text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "Zm9v=", "Zm9v====",
                                 "====", "=", "Zm 9v", "Zm9v\n", "Zm-v", "Zm_v", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
  for (const std::string text : {"Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v\n", "Zm9vY"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
}

TEST_CASE("any bytes survive both encodings") {
  CHECK(rc::check([](const std::string& bytes) {
    RC_ASSERT(*from_base64(base64(bytes)) == bytes);
    RC_ASSERT(*from_base64url(base64url(bytes)) == bytes);
  }));
}

TEST_CASE("secrets are equal only when every byte is") {
  CHECK(equal_secret("", ""));
  CHECK(equal_secret("abc", "abc"));
  CHECK_FALSE(equal_secret("abc", "abd"));
  CHECK_FALSE(equal_secret("abc", "ab"));
  CHECK_FALSE(equal_secret("abc", ""));
  CHECK_FALSE(equal_secret(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST_CASE("secrets are read to both ends wherever they differ") {
  const std::string one(1000, 'a');
  std::vector<std::string> others = {one, std::string(one.size(), 'b')};
  for (const std::size_t at : {0U, 1U, 500U, 998U, 999U}) {
    others.push_back(one);
    others.back()[at] = 'b';
  }
  for (const std::string& other : others)
    for (const auto edge : {AcrossPages::Edge::first, AcrossPages::Edge::last})
      for (const bool of_first : {true, false}) {
        CAPTURE(other.find('b'));
        CHECK(reads_edge(one, other, edge, of_first));
      }
}

}  // namespace ks
