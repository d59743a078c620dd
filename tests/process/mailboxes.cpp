#include "tests/process/mailboxes.hpp"

#include <regex>

#include <fmt/format.h>

namespace ks::test {

namespace {

// Lines that quoted-printable has broken are whole again.
std::string unfolded(std::string text) {
  for (const std::string_view soft : {"=\r\n", "=\n"})
    for (std::size_t at = 0; (at = text.find(soft, at)) != std::string::npos;)
      text.erase(at, soft.size());
  return text;
}

}  // namespace

void Mailboxes::serve(Installation& world) const {
  world.settings()["SMTP_URL"] = fmt::format("smtp://localhost:{}", sink_.port());
  world.settings()["MAIL_FROM"] = "K8s Scheduler <noreply@ks.example.com>";
}

std::vector<std::string> Mailboxes::texts(const std::string& address) const {
  std::vector<std::string> out;
  for (const auto& mail : sink_.taken())
    if (mail.to == std::vector<std::string>{address}) out.push_back(unfolded(mail.content));
  return out;
}

std::vector<std::string> Mailboxes::tokens(const std::string& address,
                                           const std::string& path) const {
  const std::regex link("http://localhost:8080" + path + "#([A-Za-z0-9_-]+)");
  std::vector<std::string> out;
  for (const std::string& text : texts(address)) {
    std::smatch found;
    if (std::regex_search(text, found, link)) out.push_back(found[1].str());
  }
  return out;
}

bool Mailboxes::has(const std::string& address, const std::string& words) const {
  for (const std::string& text : texts(address))
    if (text.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace ks::test
