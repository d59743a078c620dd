#include "mail/smtp.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

namespace ks::mail {

namespace {

void init_curl() {
  static const CURLcode kDone = curl_global_init(CURL_GLOBAL_DEFAULT);
  KS_ASSERT(kDone == CURLE_OK);
}

// After the last byte a server gets this long to say what became of it, even when we stop.
constexpr Duration kLastWord = seconds(5);
// curl's own time limit comes first.
constexpr Duration kGrace = milliseconds(500);
// Enough for the codes at its beginning.
constexpr std::size_t kLineKept = 64;

struct Try {
  std::string_view left;  // Of the content.
  bool all_given = false;
  const std::atomic<bool>* stopping = nullptr;
  Time end{};
  bool stopped = false;
  Time stop_seen{};
  // Of what the server said: the last line, or the last one that was a refusal. (Its answer to our
  // QUIT comes after that.)
  std::string line;
};

std::size_t on_read(char* into, std::size_t size, std::size_t n, void* self) {
  auto& t = *static_cast<Try*>(self);
  const std::size_t bytes = std::min(size * n, t.left.size());
  std::memcpy(into, t.left.data(), bytes);
  t.left.remove_prefix(bytes);
  t.all_given = t.left.empty();
  return bytes;
}

std::size_t on_line(const char* data, std::size_t size, std::size_t n, void* self) {
  auto& line = static_cast<Try*>(self)->line;
  const std::string_view said(data, std::min<std::size_t>(size * n, kLineKept));
  const auto refusal = [](std::string_view l) { return l.starts_with('4') || l.starts_with('5'); };
  if (refusal(said) || !refusal(line)) line = said;
  return size * n;
}

int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& t = *static_cast<Try*>(self);
  const Time now = SystemClock().monotonic();
  // curl would wait for the answer to its QUIT long after its own time limit.
  if (now > t.end) return 1;
  if (!*t.stopping) return 0;
  if (t.stop_seen.us == 0) t.stop_seen = now;
  t.stopped = !t.all_given || now - t.stop_seen > kLastWord;
  return t.stopped ? 1 : 0;
}

// "550 5.1.1 <ann@example.com>: no such user" gives "550 5.1.1".
std::string codes_of(long code, std::string_view line) {
  std::string out = std::to_string(code);
  if (line.size() < 5 || line.substr(0, 3) != out) return out;
  line.remove_prefix(4);
  const std::string_view word = line.substr(0, line.find_first_of(" \r\n"));
  const bool enhanced =
      word.size() >= 5 && word.size() <= 9 && std::ranges::count(word, '.') == 2 &&
      std::ranges::all_of(word, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return enhanced ? out + " " + std::string(word) : out;
}

Attempt attempt_of(CURLcode result, long code, const Try& t) {
  using Kind = Attempt::Kind;
  if (result == CURLE_OK) return {Kind::taken, "taken", ""};
  switch (result) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      // An administrator may mend it before the mail is too old.
      return {Kind::later, "tls", curl_easy_strerror(result)};
    case CURLE_LOGIN_DENIED:
      return {Kind::later, "login", code >= 400 ? codes_of(code, t.line) : ""};
    default:
      break;
  }
  if (code >= 500 && code < 600) return {Kind::refused, "refused", codes_of(code, t.line)};
  if (code >= 400 && code < 500) return {Kind::later, "deferred", codes_of(code, t.line)};
  // Everything was handed over and no word came back: it may have arrived.
  if (t.all_given) return {Kind::later, "broken_off", curl_easy_strerror(result)};
  if (t.stopped) return {Kind::later, "stopped", ""};
  if (result == CURLE_OPERATION_TIMEDOUT) return {Kind::later, "timeout", ""};
  return {Kind::later, "unreachable", curl_easy_strerror(result)};
}

}  // namespace

SmtpTransport::SmtpTransport(SmtpServer server, Limits limits)
    : server_(std::move(server)), limits_(limits) {
  init_curl();
}

Attempt SmtpTransport::send(const Outgoing& mail) {
  if (stopping_) return {Attempt::Kind::later, "stopped", ""};
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   &curl_easy_cleanup);
  KS_ASSERT(handle != nullptr);
  CURL* const h = handle.get();
  Try t{.left = mail.content,
        .stopping = &stopping_,
        .end = SystemClock().monotonic() + limits_.whole + kGrace,
        .line = {}};

  const bool literal = server_.host.find(':') != std::string::npos;
  const std::string url = fmt::format(
      "{}://{}{}{}:{}/{}", server_.tls == SmtpTls::implicit_ ? "smtps" : "smtp", literal ? "[" : "",
      server_.host, literal ? "]" : "", server_.port, server_.hello);
  curl_easy_setopt(h, CURLOPT_URL, url.c_str());
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  // Taken leave of within the try and its limits, not when the handle is freed.
  curl_easy_setopt(h, CURLOPT_FORBID_REUSE, 1L);
  // An empty text, unlike an option that is not set, keeps curl from reading the environment.
  curl_easy_setopt(h, CURLOPT_PROXY, "");
  curl_easy_setopt(h, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(
      h, CURLOPT_USE_SSL,
      static_cast<long>(server_.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(h, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server_.ca_file.empty()) {
    curl_easy_setopt(h, CURLOPT_CAINFO, server_.ca_file.c_str());
    curl_easy_setopt(h, CURLOPT_CAPATH, nullptr);
  }
  if (!server_.user.empty()) {
    curl_easy_setopt(h, CURLOPT_USERNAME, server_.user.c_str());
    curl_easy_setopt(h, CURLOPT_PASSWORD, server_.password.c_str());
  }
  curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.us / 1000));
  curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.whole.us / 1000));

  const std::string from = "<" + mail.from.text() + ">";
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(
      curl_slist_append(nullptr, ("<" + mail.to.text() + ">").c_str()), &curl_slist_free_all);
  curl_easy_setopt(h, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(h, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(h, CURLOPT_READDATA, &t);
  curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.content.size()));
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_line);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, &t);
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_line);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, &t);
  curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(h, CURLOPT_XFERINFODATA, &t);

  const CURLcode result = curl_easy_perform(h);
  long code = 0;
  curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &code);
  return attempt_of(result, code, t);
}

}  // namespace ks::mail
