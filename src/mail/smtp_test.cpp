// Against a real mail server.
#include "mail/smtp.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/folder.hpp"
#include "mail/mime.hpp"
#include "mail/samples.hpp"
#include "mail/smtp_sink.hpp"

using namespace ks;
using namespace ks::mail;
using namespace ks::mail::test;

namespace {

using Kind = Attempt::Kind;

struct Folder {
  Folder() {
    std::string pattern = "/tmp/ks-mail-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

Outgoing outgoing() {
  static SystemRandom random;
  static const SystemClock kClock;
  const MailId id = MailId::make(kClock, random);
  const Message message{.id = id.str(),
                        .date = Time{},
                        .to = *EmailAddress::parse("ann+x@example.com"),
                        .subject = "Hello",
                        .text = ".\n..two dots\nFrom here\nend\n",
                        .html = "<p>Hällo</p>\n"};
  return {id, sample_brand().sender, message.to, mime(message, sample_brand(), Wire::ascii)};
}

// What is logged meanwhile.
template <class Work>
std::string logged(const Folder& folder, Work work) {
  const std::string path = folder.path + "/log";
  const int before = ::dup(STDERR_FILENO);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  REQUIRE(::dup2(file, STDERR_FILENO) == STDERR_FILENO);
  work();
  (void)std::fflush(stderr);
  REQUIRE(::dup2(before, STDERR_FILENO) == STDERR_FILENO);
  ::close(file);
  ::close(before);
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

SmtpServer server_at(const SmtpSink& sink, SmtpTls tls = SmtpTls::none,
                     const std::string& ca = {}) {
  SmtpServer server;
  server.host = "localhost";
  server.port = static_cast<std::uint16_t>(sink.port());
  server.tls = tls;
  server.ca_file = ca;
  return server;
}

Attempt send(const SmtpServer& server) { return SmtpTransport(server).send(outgoing()); }

}  // namespace

TEST_CASE("a mail arrives as it was written, for exactly its one recipient") {
  if (!SmtpSink::available()) return;
  const SmtpSink sink;
  const Outgoing mail = outgoing();
  const Attempt attempt = SmtpTransport(server_at(sink)).send(mail);
  CHECK(attempt.kind == Kind::taken);
  REQUIRE(sink.taken().size() == 1);
  CHECK(sink.taken()[0].from == "noreply@ks.example.com");
  CHECK(sink.taken()[0].to == std::vector<std::string>{"ann+x@example.com"});
  CHECK(sink.taken()[0].content == mail.content);
}

TEST_CASE("what a server says decides whether a mail is tried again") {
  if (!SmtpSink::available()) return;
  const SmtpSink sink;
  const auto says = [&](const std::string& mode, Kind kind, const std::string& cause,
                        const std::string& detail) {
    sink.set_mode(mode);
    const Attempt attempt = send(server_at(sink));
    CAPTURE(mode);
    CHECK(attempt.kind == kind);
    CHECK(attempt.cause == cause);
    // Codes, and never the server's words, which name the address.
    if (!detail.empty()) CHECK(attempt.detail == detail);
    CHECK(attempt.detail.find('@') == std::string::npos);
  };
  says("refuse", Kind::refused, "refused", "550 5.1.1");
  says("reject", Kind::refused, "refused", "554 5.7.1");
  says("greylist", Kind::later, "deferred", "451 4.7.1");
  CHECK(sink.taken().empty());
  says("slow", Kind::taken, "taken", "");
  CHECK(sink.taken().size() == 1);
  // Handed over, and no word: nobody can know.
  says("break", Kind::later, "broken_off", "");
  says("drop", Kind::later, "broken_off", "");
  CHECK(sink.taken().size() == 2);
}

TEST_CASE("a server that is not there or says nothing is tried again") {
  if (!SmtpSink::available()) return;
  SmtpServer nowhere;
  {
    const SmtpSink gone;
    nowhere = server_at(gone);
  }
  CHECK(send(nowhere).cause == "unreachable");
  CHECK(send(nowhere).kind == Kind::later);
  const SmtpSink sink;
  sink.set_mode("hang");
  SmtpTransport hasty(server_at(sink), {.connect = seconds(1), .whole = milliseconds(700)});
  CHECK(hasty.send(outgoing()).cause == "broken_off");
}

TEST_CASE("TLS is verified: a good certificate is taken, every other one ends the try") {
  if (!SmtpSink::available()) return;
  using CertificateKind = SinkCertificate::Kind;
  const Folder good_folder, name_folder, old_folder, own_folder;
  const SinkCertificate good(good_folder.path, "DNS:localhost");
  const SinkCertificate wrong_name(name_folder.path, "DNS:other.example");
  const SinkCertificate expired(old_folder.path, "DNS:localhost", CertificateKind::expired);
  const SinkCertificate self_signed(own_folder.path, "DNS:localhost", CertificateKind::self_signed);
  for (const auto& [theirs, ours] : {std::pair{SmtpSink::Tls::starttls, SmtpTls::required},
                                     std::pair{SmtpSink::Tls::implicit_, SmtpTls::implicit_}}) {
    const std::string login = "user:canary-password";
    const auto attempt_with = [&, their_tls = theirs, our_tls = ours](
                                  const SinkCertificate& certificate, const std::string& ca) {
      const SmtpSink sink(their_tls, &certificate, login);
      SmtpServer server = server_at(sink, our_tls, ca);
      server.user = "user";
      server.password = "canary-password";
      const Attempt attempt = send(server);
      CHECK(sink.taken().size() == (attempt.kind == Kind::taken ? 1 : 0));
      return attempt.cause;
    };
    CHECK(attempt_with(good, good.authority) == "taken");
    CHECK(attempt_with(wrong_name, wrong_name.authority) == "tls");
    CHECK(attempt_with(expired, expired.authority) == "tls");
    CHECK(attempt_with(self_signed, self_signed.authority) == "tls");
    // The system's authorities do not know it, and another's does not either.
    CHECK(attempt_with(good, "") == "tls");
    CHECK(attempt_with(good, wrong_name.authority) == "tls");
  }
}

TEST_CASE("where TLS is required nothing is said to a server without it") {
  if (!SmtpSink::available()) return;
  const SmtpSink sink;
  SmtpServer server = server_at(sink, SmtpTls::required);
  server.user = "user";
  server.password = "canary-password";
  const Attempt attempt = send(server);
  CHECK(attempt.kind == Kind::later);
  CHECK(attempt.cause == "tls");
  CHECK(sink.taken().empty());
}

TEST_CASE("a wrong password is tried again later, and the right one is taken") {
  if (!SmtpSink::available()) return;
  const SmtpSink sink(SmtpSink::Tls::none, nullptr, "user:right");
  SmtpServer server = server_at(sink);
  server.user = "user";
  server.password = "wrong";
  CHECK(send(server).cause == "login");
  CHECK(send(server).kind == Kind::later);
  server.password = "right";
  CHECK(send(server).kind == Kind::taken);
}

TEST_CASE("an address of the server says how it is reached") {
  const auto server = parse_smtp_url("smtp://us%40er:p%2Fw%3A@mail.example.com");
  REQUIRE(server);
  CHECK(server->host == "mail.example.com");
  CHECK(server->port == 587);
  CHECK(server->tls == SmtpTls::required);
  CHECK(server->user == "us@er");
  CHECK(server->password == "p/w:");
  CHECK(parse_smtp_url("smtps://mail.example.com")->port == 465);
  CHECK(parse_smtp_url("smtps://mail.example.com")->tls == SmtpTls::implicit_);
  CHECK(parse_smtp_url("smtp://127.0.0.1:2525/")->tls == SmtpTls::none);
  CHECK(parse_smtp_url("smtp://[::1]:25")->tls == SmtpTls::none);
  CHECK(parse_smtp_url("smtp://[2001:db8::1]")->tls == SmtpTls::required);
  // A name that only looks like this machine is none.
  CHECK(parse_smtp_url("smtp://127.0.0.1.evil.example")->tls == SmtpTls::required);
  CHECK(parse_smtp_url("smtp://localhost.evil.example")->tls == SmtpTls::required);
  for (const std::string wrong :
       {"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://:25",
        "smtp://user@mail.example.com", "smtp://u:p%0d%0aQUIT@h.example", "smtp://u:p%2@h.example",
        "smtp://h.example:0", "smtp://h.example:99999", "smtp://h.example:25x",
        "smtp://h.example/x", "smtp://h.example?x", "smtp://[1.2.3.4]", "smtp://[::1", "smtp://a b",
        "smtp://:p@h.example"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_smtp_url(wrong));
  }
}

TEST_CASE("the password of the address is never shown") {
  CHECK(mask_smtp_url("smtp://user:canary@mail.example.com:25") ==
        "smtp://user:***@mail.example.com:25");
  CHECK(mask_smtp_url("smtps://mail.example.com") == "smtps://mail.example.com");
  for (const char* odd :
       {"smtp://canary@h", "smtp://u:can@ary@h", "u:canary@h", "smtp://u:c:canary@h"})
    CHECK(mask_smtp_url(odd).find("canary") == std::string::npos);
  CHECK(mask_smtp_url("smtp://u:can@ary@h") == "smtp://u:***@h");
}

TEST_CASE(
    "without a server a mail becomes a file for its owner, the same one when it is repeated") {
  const Folder folder;
  FolderTransport transport(folder.path + "/data/mail");
  const Outgoing mail = outgoing();
  CHECK(transport.send(mail).kind == Kind::taken);
  CHECK(transport.send(mail).kind == Kind::taken);
  CHECK(transport.send(outgoing()).kind == Kind::taken);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path + "/data/mail")) {
    CHECK(entry.path().extension() == ".eml");
    ++files;
  }
  CHECK(files == 2);
  const std::string path = folder.path + "/data/mail/" + mail.id.str() + ".eml";
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  REQUIRE(::stat((folder.path + "/data/mail").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == mail.content);

  // Who tries the product out finds the newest one by the log, which names no receiver.
  const Outgoing newest = outgoing();
  const std::string told = logged(folder, [&] { (void)transport.send(newest); });
  CHECK(told.find("mail written path=\"" + folder.path + "/data/mail/" + newest.id.str() +
                  ".eml\"\n") != std::string::npos);
  CHECK(std::ranges::count(told, '\n') == 1);
  CHECK(told.find("ann+x") == std::string::npos);

  std::ofstream(folder.path + "/file") << "x";
  FolderTransport nowhere(folder.path + "/file/mail");
  CHECK(nowhere.send(outgoing()).cause == "not_written");
}

TEST_CASE("files of mails go by their mail and by age, and nothing else of the folder does") {
  const Folder folder;
  const std::string mails = folder.path + "/mail/";
  FolderTransport transport(folder.path + "/mail");
  const auto is_there = [](const std::string& path) { return std::filesystem::exists(path); };
  const auto written = [&] {
    const Outgoing mail = outgoing();
    REQUIRE(transport.send(mail).kind == Kind::taken);
    return mail.id;
  };
  // Of a folder that was never made.
  CHECK(transport.remove({outgoing().id}));
  CHECK(transport.remove_older(Time{} + days(40'000)));

  const MailId kept = written(), gone = written(), half = written();
  std::filesystem::rename(mails + half.str() + ".eml", mails + "." + half.str() + ".part");
  CHECK(transport.remove({gone, half, outgoing().id}));
  CHECK(is_there(mails + kept.str() + ".eml"));
  CHECK_FALSE(is_there(mails + gone.str() + ".eml"));
  CHECK_FALSE(is_there(mails + "." + half.str() + ".part"));
  CHECK(transport.remove({gone}));

  const MailId old = written(), broken_off = written();
  std::filesystem::rename(mails + broken_off.str() + ".eml",
                          mails + "." + broken_off.str() + ".part");
  for (const char* other : {"notes.txt", "mine.eml"}) std::ofstream(mails + other) << "x";
  const auto aged = [&](const std::string& name) {
    const timespec at{1'000'000'000, 0};
    const timespec times[] = {at, at};
    REQUIRE(::utimensat(AT_FDCWD, (mails + name).c_str(), times, 0) == 0);
  };
  for (const std::string& name : {old.str() + ".eml", "." + broken_off.str() + ".part",
                                  std::string("notes.txt"), std::string("mine.eml")})
    aged(name);
  // To the second.
  const Time then = Time{} + seconds(1'000'000'000);
  CHECK(transport.remove_older(then));
  CHECK(is_there(mails + old.str() + ".eml"));
  CHECK(transport.remove_older(then + microseconds(1)));
  CHECK_FALSE(is_there(mails + old.str() + ".eml"));
  CHECK_FALSE(is_there(mails + "." + broken_off.str() + ".part"));
  for (const std::string& stays :
       {kept.str() + ".eml", std::string("notes.txt"), std::string("mine.eml")})
    CHECK(is_there(mails + stays));

  // What cannot be removed is said, so that it is tried again.
  const MailId stuck = outgoing().id;
  std::filesystem::create_directories(mails + stuck.str() + ".eml");
  const auto refused = transport.remove({stuck});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().problem == "mail_folder");
}
