#include "kube/https/transfer.hpp"

#include <algorithm>
#include <charconv>

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ks::kube::https {

namespace {

static_assert(CURL_ERROR_SIZE == 256);

// A stream's consumer that is this far behind stops the reading.
constexpr std::size_t kQueueBytesMax = 16 << 20;
constexpr std::size_t kErrorBytesMax = 64 << 10;
constexpr std::int64_t kRetryAfterMax = 3600;

std::size_t data_callback(char* data, std::size_t size, std::size_t n, void* self) {
  return static_cast<Transfer*>(self)->on_data(data, size * n);
}

std::size_t header_callback(char* data, std::size_t size, std::size_t n, void* self) {
  return static_cast<Transfer*>(self)->on_header(data, size * n);
}

// A peer that acknowledges nothing for this long is gone. Without it a connection to a node that
// was cut off would be used again and again until the kernel gives up after a quarter of an hour.
int socket_callback(void*, curl_socket_t socket, curlsocktype) {
  const unsigned int ms = 30'000;
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
  return CURL_SOCKOPT_OK;
}

void set_blob(CURL* easy, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  // The handle keeps a copy; the field is not const in curl's structure.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; });
}

}  // namespace

Transfer::~Transfer() {
  if (easy != nullptr) curl_easy_cleanup(static_cast<CURL*>(easy));
  curl_slist_free_all(static_cast<curl_slist*>(header_list));
}

void Transfer::prepare(const Endpoint& endpoint, bool fresh_connection) {
  CURL* h = curl_easy_init();
  KS_ASSERT(h != nullptr);
  easy = h;
  curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
  headers = curl_slist_append(headers, "Expect:");
  if (!request.content_type.empty())
    headers = curl_slist_append(headers, ("Content-Type: " + request.content_type).c_str());
  if (!request.bearer.empty())
    headers = curl_slist_append(headers, ("Authorization: Bearer " + request.bearer).c_str());
  for (const auto& [name, value] : request.headers)
    // With nothing behind a colon curl leaves the header away.
    headers =
        curl_slist_append(headers, (value.empty() ? name + ";" : name + ": " + value).c_str());
  header_list = headers;

  curl_easy_setopt(h, CURLOPT_URL, (endpoint.server + request.target).c_str());
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR,
                   endpoint.server.starts_with("https://") ? "https" : "http");
  curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(h, CURLOPT_USERAGENT, "k8s-scheduler");
  curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.body.empty()) {
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error.data());
  curl_easy_setopt(h, CURLOPT_PRIVATE, this);
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, data_callback);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, header_callback);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(endpoint.connect_timeout.us / 1000));
  curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(h, CURLOPT_TCP_KEEPIDLE, 30L);
  curl_easy_setopt(h, CURLOPT_TCP_KEEPINTVL, 10L);
  curl_easy_setopt(h, CURLOPT_SOCKOPTFUNCTION, socket_callback);
  // An empty text, unlike an option that is not set, keeps curl from reading the environment.
  curl_easy_setopt(h, CURLOPT_PROXY, endpoint.proxy.c_str());
  curl_easy_setopt(h, CURLOPT_NOPROXY, endpoint.no_proxy.c_str());
  curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, fresh_connection ? 1L : 0L);

  if (streams) {
    // Over HTTP/2 each hundred watches would share a connection, and curl opens one for each
    // further watch anyway.
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  } else {
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(h, CURLOPT_PIPEWAIT, 1L);
    // To curl 0 is no limit.
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS,
                     std::max(1L, static_cast<long>(request.timeout.us / 1000)));
  }

  curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!endpoint.ca.empty()) {
    // Only the cluster's own authority counts; the system's would let others in.
    curl_easy_setopt(h, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(h, CURLOPT_CAPATH, nullptr);
    set_blob(h, CURLOPT_CAINFO_BLOB, endpoint.ca);
  }
  if (!endpoint.client_certificate.empty()) {
    curl_easy_setopt(h, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(h, CURLOPT_SSLKEYTYPE, "PEM");
    set_blob(h, CURLOPT_SSLCERT_BLOB, endpoint.client_certificate);
    set_blob(h, CURLOPT_SSLKEY_BLOB, endpoint.client_key);
  }
}

std::size_t Transfer::on_header(const char* data, std::size_t size) {
  std::string_view header(data, size);
  while (header.ends_with('\n') || header.ends_with('\r')) header.remove_suffix(1);
  const std::lock_guard lock(mutex);
  if (header.empty()) {
    long status = 0;
    curl_easy_getinfo(static_cast<CURL*>(easy), CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) return size;  // An interim answer.
    response.status = static_cast<int>(status);
    status_known = true;
    changed.set();
    return size;
  }
  const std::size_t colon = header.find(':');
  if (colon == header.npos || !same_name(header.substr(0, colon), "retry-after")) return size;
  std::string_view value = header.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  std::int64_t s = 0;
  if (std::from_chars(value.data(), value.data() + value.size(), s).ec == std::errc() && s > 0)
    response.retry_after = seconds(std::min(s, kRetryAfterMax));
  return size;
}

std::size_t Transfer::on_data(const char* data, std::size_t size) {
  const std::lock_guard lock(mutex);
  if (!streams || response.status != 200) {
    if (response.body.size() + size > (streams ? kErrorBytesMax : request.bytes_max)) {
      abort_reason = "the answer is too long";
      response.too_long = true;
      return 0;
    }
    response.body.append(data, size);
    return size;
  }
  // curl gives the same data again after the pause.
  if (lines.size() >= Transport::kLinesMax || line_bytes > kQueueBytesMax) {
    paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  std::string_view rest(data, size);
  for (std::size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    partial.append(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    line_bytes += partial.size();
    if (!partial.empty()) lines.push_back(std::move(partial));
    partial.clear();
  }
  if (partial.size() + rest.size() > Transport::kLineBytesMax) {
    abort_reason = "a line of the stream is too long";
    return 0;
  }
  partial.append(rest);
  changed.set();
  return size;
}

void Transfer::finish(int curl_code) {
  const std::lock_guard lock(mutex);
  done = true;
  if (curl_code != CURLE_OK) {
    if (!streams || response.status != 200) response.status = 0;
    response.failure = !abort_reason.empty() ? abort_reason
                       : error[0] != '\0'
                           ? std::string(error.data())
                           : std::string(curl_easy_strerror(static_cast<CURLcode>(curl_code)));
  }
  changed.set();
}

void Transfer::fail(std::string why) {
  const std::lock_guard lock(mutex);
  if (done) return;
  done = true;
  if (!streams) response.status = 0;
  response.failure = std::move(why);
  changed.set();
}

}  // namespace ks::kube::https
