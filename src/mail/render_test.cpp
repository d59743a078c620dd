// What people get to read: a golden file a mail and language under golden/, and promises about what
// others' text can do in it. KS_UPDATE_GOLDEN=1 writes the files.
#include "mail/render.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "mail/catalogue.hpp"
#include "mail/display.hpp"
#include "mail/samples.hpp"

using namespace ks;
using namespace ks::mail;
using namespace ks::mail::test;

namespace {

std::string golden_path(std::string_view name) {
  const char* folder = std::getenv("KS_SOURCE_DIR");
  return std::string(folder == nullptr ? "." : folder) + "/src/mail/golden/" + std::string(name);
}

void check_golden(const std::string& file, const std::string& text) {
  const std::string path = golden_path(file);
  if (std::getenv("KS_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  const std::ifstream in(path);
  std::stringstream kept;
  kept << in.rdbuf();
  CHECK_MESSAGE(kept.str() == text, file);
}

}  // namespace

TEST_CASE("every mail reads in both languages as its golden file says") {
  for (const MailContent& content : samples()) {
    const MailDraft draft = draft_of(content);
    for (const Locale language : {Locale::en, Locale::de}) {
      const Rendered mail = render(draft, language, sample_brand());
      const std::string file = draft.kind + "." + std::string(name(language));
      check_golden(file + ".txt", "Subject: " + mail.subject + "\n\n" + mail.text);
      check_golden(file + ".html", mail.html);
      CHECK(mail.text.find('{') == std::string::npos);
      CHECK(mail.html.find("{organization}") == std::string::npos);
    }
  }
}

TEST_CASE("there is a sample of every kind of mail, and of a text for it in both languages") {
  CHECK(samples().size() == std::variant_size_v<MailContent>);
  for (std::size_t i = 0; i < samples().size(); ++i) {
    CHECK(samples()[i].index() == i);
    const std::string kind = draft_of(samples()[i]).kind;
    CHECK_FALSE(text_of(kind, Locale::en).subject == text_of(kind, Locale::de).subject);
  }
}

TEST_CASE("what a mail of another version does not tell is left out, whatever it is") {
  for (const MailContent& content : samples()) {
    const MailDraft whole = draft_of(content);
    for (std::size_t i = 0; i < whole.places.size(); ++i) {
      MailDraft older = whole;
      older.places.erase(older.places.begin() + static_cast<std::ptrdiff_t>(i));
      const Rendered mail = render(older, Locale::en, sample_brand());
      CHECK(mail.text.find('{') == std::string::npos);
    }
  }
  CHECK_FALSE(has_text("of_a_newer_version"));
}

TEST_CASE("every word that a mail uses has a translation") {
  for (const char* word : {"org_owner", "org_admin", "org_member", "automatic", "deployments.max",
                           "teams.max", "members.max", "cpu.max", "memory.max", "storage.max"})
    for (const Locale language : {Locale::en, Locale::de}) CHECK(word_of(word, language) != word);
}

TEST_CASE("an amount is written as its language writes numbers, and nothing else is touched") {
  const auto german = [](std::string_view text) { return amount_in(text, Locale::de); };
  CHECK(german("1.25 cpu") == "1,25 CPU");
  CHECK(german("0.05 cpu") == "0,05 CPU");
  CHECK(german("6.5 GiB") == "6,5 GiB");
  CHECK(german("512 MiB") == "512 MiB");
  CHECK(german("0 bytes") == "0 Byte");
  for (const char* other : {"", "5", "1.5", "1.5 persons", "v1.5 GiB", "1.5.2 GiB", ".5 GiB",
                            "5. GiB", " GiB", "deployments.max", "1.5 GiB more"})
    CHECK(german(other) == other);
  for (const char* amount : {"1.25 cpu", "6.5 GiB", "0 bytes", ""})
    CHECK(amount_in(amount, Locale::en) == amount);
  // In every mail that has amounts.
  MailDraft draft = draft_of(mails::LimitReached{{"Acme", "acme"}, "cpu.max", "0.5 cpu", "Free"});
  CHECK(render(draft, Locale::de, sample_brand()).text.find("0,5 CPU") != std::string::npos);
  CHECK(render(draft, Locale::en, sample_brand()).text.find("0.5 cpu") != std::string::npos);
}

TEST_CASE("a mail counts one of something as one, and several as several") {
  const MailOrg acme{"Acme", "acme"};
  const auto text = [](const MailContent& content, Locale language) {
    std::string out = render(draft_of(content), language, sample_brand()).text;
    std::ranges::replace(out, '\n', ' ');
    return out;
  };
  const auto says = [&](const MailContent& content, Locale language, const char* words) {
    CHECK_MESSAGE(text(content, language).find(words) != std::string::npos,
                  text(content, language));
  };
  says(mails::SeatLimit{acme, 1}, Locale::en, "has 1 seat for");
  says(mails::SeatLimit{acme, 2}, Locale::en, "has 2 seats for");
  says(mails::SeatLimit{acme, 1}, Locale::de, "hat 1 Platz für");
  says(mails::SeatLimit{acme, 2}, Locale::de, "hat 2 Plätze für");
  says(mails::AccessReview{acme, 1, 1, 0, 1}, Locale::en, "for 1 day or more: 0.");
  says(mails::AccessReview{acme, 1, 1, 0, 21}, Locale::en, "for 21 days or more: 0.");
  says(mails::AccessReview{acme, 1, 1, 0, 1}, Locale::de, "seit 1 Tag oder");
  const auto invited = [&](std::vector<std::string> teams) {
    return mails::Invitation{
        acme, "Ann", OrgRole::member, std::move(teams), LinkToken(std::string(43, 't')), Time{}};
  };
  says(invited({"Core"}), Locale::en, "You will be in the team Core.");
  says(invited({"Core", "Web"}), Locale::en, "You will be in these teams: Core, Web.");
  says(invited({"Core"}), Locale::de, "Sie gehören dann zum Team Core.");
  says(invited({"Core", "Web"}), Locale::de, "Sie gehören dann zu diesen Teams: Core, Web.");
  for (const auto& teams : {std::vector<std::string>{"Core"}, std::vector<std::string>{}})
    CHECK(text(invited(teams), Locale::en).find("these teams") == std::string::npos);
  CHECK(text(invited({}), Locale::en).find("the team ") == std::string::npos);
  CHECK_FALSE(
      parse_texts("[en]\nsubject: a\nheading: a\ntext: {n|# seat}\n"
                  "[de]\nsubject: a\nheading: a\ntext: {n|# Platz}\n"));
}

TEST_CASE("a text whose languages differ in lines or places is refused") {
  const std::string english = "[en]\nsubject: Hello {who}\nheading: H\ntext: {who} is here.\n";
  CHECK(parse_texts(english + "[de]\nsubject: Hallo {who}\nheading: H\ntext: Da ist {who}.\n"));
  CHECK_FALSE(parse_texts(english + "[de]\nsubject: Hallo {who}\nheading: H\ntext: Da.\n"));
  CHECK_FALSE(
      parse_texts(english + "[de]\nsubject: Hallo {who}\nheading: H\nnote: Da ist {who}.\n"));
  CHECK_FALSE(parse_texts(english));
  CHECK_FALSE(parse_texts(english + "[fr]\nsubject: x\n"));
}

TEST_CASE("markup and links in a name come out as text, and the only link is the product's") {
  const mails::Invitation evil{{"<script>alert(1)</script>", "acme"},
                               "\" onmouseover=x <a href=https://evil.example/?a&b>Ann</a>",
                               OrgRole::member,
                               {"www.evil.example", "</div>"},
                               LinkToken(std::string(43, 'a')),
                               Time{0}};
  const Rendered mail = render(draft_of(evil), Locale::en, sample_brand());
  CHECK(mail.html.find("<script") == std::string::npos);
  CHECK(mail.html.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
  CHECK(mail.html.find("evil.example") == std::string::npos);
  CHECK(mail.text.find("https://evil") == std::string::npos);
  CHECK(mail.text.find("evil.example") == std::string::npos);
  std::size_t links = 0;
  for (auto at = mail.html.find("<a "); at != std::string::npos;
       at = mail.html.find("<a ", at + 1)) {
    ++links;
    CHECK(mail.html.substr(at).starts_with("<a href=\"https://ks.example.com/invitation#aaa"));
  }
  CHECK(links == 1);
  CHECK(mail.html.find("src=") == std::string::npos);
  CHECK(mail.html.find("url(") == std::string::npos);
}

TEST_CASE("no dot of any script joins a name of others into an address, in any mail") {
  // RFC 3490, 3.1: what stands for a dot in an internationalized name.
  for (const std::string dot : {".", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"}) {
    CAPTURE(dot);
    const std::string evil = "evil" + dot + "example" + dot + "com";
    for (const MailContent& sample : samples()) {
      MailDraft draft = draft_of(sample);
      CAPTURE(draft.kind);
      bool names = false;
      for (MailDraft::Place& place : draft.places)
        if (auto* text = std::get_if<std::string>(&place.value)) {
          *text = evil;
          names = true;
        }
      for (const Locale language : {Locale::en, Locale::de}) {
        const Rendered mail = render(draft, language, sample_brand());
        // A subject is shown as it is; programs make no links of it.
        for (const std::string& part : {mail.text, mail.html})
          CHECK(part.find("evil" + dot + "example") == std::string::npos);
        if (names) CHECK(mail.text.find("evil" + dot) != std::string::npos);
      }
    }
  }
}

TEST_CASE("a name cannot fill a place of the text with another") {
  const mails::TeamAdded odd{{"{team}{nothing}", "acme"}, "core", "{organization}"};
  const Rendered mail = render(draft_of(odd), Locale::en, sample_brand());
  CHECK(mail.text.find("{team}{nothing}") != std::string::npos);
}

TEST_CASE("a line whose value is empty is left out") {
  auto alone = std::get<mails::Invitation>(samples().front());
  alone.teams.clear();
  const Rendered mail = render(draft_of(alone), Locale::en, sample_brand());
  CHECK(mail.text.find("these teams") == std::string::npos);
}
