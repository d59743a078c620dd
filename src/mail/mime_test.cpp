#include "mail/mime.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "mail/display.hpp"
#include "mail/render.hpp"
#include "mail/samples.hpp"

using namespace ks;
using namespace ks::mail;
using namespace ks::mail::test;

namespace {

constexpr Time kWhen{1'767'323'045'000'000};

Message message(std::string subject, std::string text, std::string html) {
  return Message{.id = "0190a1b2-0000-7000-8000-000000000001",
                 .date = kWhen,
                 .to = *EmailAddress::parse("ann+x@example.com"),
                 .subject = std::move(subject),
                 .text = std::move(text),
                 .html = std::move(html)};
}

// What the mail is written from, for the other parser.
void write_case(const std::filesystem::path& folder, const std::string& stem, const Message& mail,
                const Brand& brand, Wire wire) {
  std::ofstream(folder / (stem + ".eml"), std::ios::binary) << mime(mail, brand, wire);
  std::ofstream(folder / (stem + ".json"))
      << Json::object({{"wire", wire == Wire::ascii ? "ascii" : "utf8"},
                       {"to", mail.to.text()},
                       {"from", brand.sender.text()},
                       {"sender_name", one_line(brand.sender_name, 100)},
                       {"subject", one_line(mail.subject)},
                       {"id", "<" + mail.id + "@" + std::string(brand.sender.domain()) + ">"},
                       {"date", "2026-01-02T03:04:05+00:00"},
                       {"text", mail.text},
                       {"html", mail.html}})
             .dump();
}

std::string read_by_python(const std::filesystem::path& folder, int& status) {
  const char* source = std::getenv("KS_SOURCE_DIR");
  const std::string command = fmt::format("/usr/bin/python3 '{}/src/mail/mime_check.py' '{}' 2>&1",
                                          source == nullptr ? "." : source, folder.string());
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> block{};
  while (const auto n = std::fread(block.data(), 1, block.size(), pipe))
    out.append(block.data(), n);
  status = ::pclose(pipe);
  return out;
}

// Pieces that mean something to one reader of mail or another.
std::string odd_text(Random& random, std::size_t pieces_max) {
  static const std::vector<std::string> kPieces{"\r\n",
                                                "\n",
                                                "\r",
                                                "\r\nBcc: evil@example.com",
                                                "\r\n\r\n<b>body</b>",
                                                "Subject: x",
                                                "=?UTF-8?Q?x?=",
                                                "=?",
                                                "?=",
                                                "=",
                                                "=3D",
                                                "=_alternative",
                                                "--=_alternative",
                                                "--=_alternative--\r\n",
                                                ".",
                                                "\r\n.\r\n",
                                                "From ",
                                                "\"",
                                                "\\",
                                                "<",
                                                ">",
                                                ",",
                                                ";",
                                                ":",
                                                "@",
                                                "(",
                                                ")",
                                                " ",
                                                "  ",
                                                "\t",
                                                std::string(1, '\0'),
                                                "\x7f",
                                                "\xc3\xa4",
                                                "\xe2\x82\xac",
                                                "\xf0\x9f\x98\x80",
                                                "\xff",
                                                "\xc3",
                                                "\xe2\x80\xa8",
                                                "\xe2\x80\xae",
                                                "\xc2\x85",
                                                "a",
                                                "Ann",
                                                "organization",
                                                "<script>",
                                                "&amp;",
                                                std::string(90, 'x'),
                                                "&",
                                                "'"};
  std::string out;
  for (auto n = random.below(pieces_max); n > 0; --n) out += kPieces[random.below(kPieces.size())];
  return out;
}

// A body has no rules but UTF-8; what is rendered has no bare CR.
std::string body_of(const std::string& text) {
  std::string out;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += one_line(text.substr(start, end - start), 100'000) + "\n";
    start = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("whatever stands in names and texts, another parser finds these headers and no others") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("ks-mime-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  SeededRandom random(7);
  for (int i = 0; i < 400; ++i) {
    Brand brand = sample_brand();
    brand.sender_name = odd_text(random, 6);
    const Message mail =
        message("Hello " + odd_text(random, 12) + "!", body_of(odd_text(random, 30)),
                body_of("<p>" + odd_text(random, 30)));
    write_case(folder, fmt::format("odd{}", i), mail, brand, i % 2 == 0 ? Wire::ascii : Wire::utf8);
  }
  for (const MailContent& content : samples()) {
    const MailDraft draft = draft_of(content);
    for (const Locale language : {Locale::en, Locale::de}) {
      const Rendered text = render(draft, language, sample_brand());
      for (const auto& [wire, end] : {std::pair{Wire::ascii, ".sent"}, {Wire::utf8, ".file"}})
        write_case(folder, draft.kind + "." + std::string(name(language)) + end,
                   message(text.subject, text.text, text.html), sample_brand(), wire);
    }
  }
  int status = 0;
  const std::string said = read_by_python(folder, status);
  CHECK_MESSAGE(status == 0, said);
  CHECK(said.find(fmt::format("{} mails read", 400 + 4 * samples().size())) != std::string::npos);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

TEST_CASE("a mail has one recipient, a stable id, and asks for no automatic answer") {
  const Message mail = message("Hello", "text\n", "<p>text</p>\n");
  const std::string text = mime(mail, sample_brand(), Wire::ascii);
  CHECK(text == mime(mail, sample_brand(), Wire::ascii));
  CHECK(text.find("\r\nTo: <ann+x@example.com>\r\n") != std::string::npos);
  CHECK(text.find("\r\nMessage-ID: <0190a1b2-0000-7000-8000-000000000001@ks.example.com>\r\n") !=
        std::string::npos);
  CHECK(text.find("\r\nAuto-Submitted: auto-generated\r\n") != std::string::npos);
  CHECK(text.starts_with("Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n"));
  CHECK(text.find("Reply-To") == std::string::npos);
  Brand brand = sample_brand();
  brand.reply_to = *EmailAddress::parse("help@example.com");
  CHECK(mime(mail, brand, Wire::ascii).find("\r\nReply-To: <help@example.com>\r\n") !=
        std::string::npos);
}

TEST_CASE("a line that is one dot, or begins like an envelope, does not stand so on the wire") {
  CHECK(quoted_printable(".\nFrom me\n") == "=2E\r\n=46rom me\r\n");
  CHECK(quoted_printable("a \nb\t\n") == "a=20\r\nb=09\r\n");
}

TEST_CASE("the link of every mail stands whole on a line of its file, in both languages") {
  int links = 0;
  for (const MailContent& content : samples()) {
    const MailDraft draft = draft_of(content);
    for (const Locale language : {Locale::en, Locale::de}) {
      const Rendered text = render(draft, language, sample_brand());
      const Message mail = message(text.subject, text.text, text.html);
      const std::string file = mime(mail, sample_brand(), Wire::utf8);
      CHECK(file.find("quoted-printable") == std::string::npos);
      if (!draft.link) continue;
      const std::string url = sample_brand().base.link(draft.link->path, draft.link->token).text();
      CHECK_MESSAGE(file.find("\r\n" + url + "\r\n") != std::string::npos, draft.kind, url);
      ++links;
    }
  }
  CHECK(links > 20);
}

TEST_CASE("a part goes as it is where no relay changes it, and else encoded") {
  const auto encoding = [](const std::string& text, Wire wire) {
    const std::string mail = mime(message("Hello", text, "<p>Hello</p>\n"), sample_brand(), wire);
    const std::string_view name = "Content-Transfer-Encoding: ";
    const std::size_t at = mail.find(name) + name.size();
    return mail.substr(at, mail.find("\r\n", at) - at);
  };
  for (const Wire wire : {Wire::ascii, Wire::utf8}) {
    CHECK(encoding("one = two\n\ttab\n", wire) == "7bit");
    CHECK(encoding(std::string(998, 'x') + "\n", wire) == "7bit");
    CHECK(encoding(std::string(999, 'x') + "\n", wire) == "quoted-printable");
    CHECK(encoding("--=_alternative--\n", wire) == "quoted-printable");
    CHECK(encoding("a\rb\n", wire) == "quoted-printable");
    CHECK(encoding(std::string("a\0b\n", 4), wire) == "quoted-printable");
  }
  for (const char* changed : {".\n", "a\n.b\n", "From me\n", "a \n", "a\t", "\xc3\xa4\n"}) {
    CHECK(encoding(changed, Wire::ascii) == "quoted-printable");
    CHECK(encoding(changed, Wire::utf8) == "8bit");
  }
}

TEST_CASE("an encoded word never cuts a character") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "\xe2\x82\xac";
  const std::string value = encoded_header(text, 9);
  CHECK(value.find("\r\n ") != std::string::npos);
  std::size_t at = 0;
  std::string joined;
  while ((at = value.find("=?UTF-8?B?", at)) != std::string::npos) {
    const std::size_t end = value.find("?=", at + 10);
    CHECK(end + 2 - at <= 75);
    const auto word = from_base64(value.substr(at + 10, end - at - 10));
    REQUIRE(word);
    CHECK(word->size() % 3 == 0);
    joined += *word;
    at = end;
  }
  CHECK(joined == text);
}
