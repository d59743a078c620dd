#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

// A real mail server on a free port (smtp_sink.py, on Debian's python3-aiosmtpd), for tests.
namespace ks::mail::test {

// A certificate for `name` ("DNS:localhost") by an authority of the test's own, as files.
struct SinkCertificate {
  enum class Kind { good, expired, self_signed };
  SinkCertificate(const std::string& folder, const std::string& name, Kind kind = Kind::good);
  std::string authority;  // Paths.
  std::string certificate;
  std::string key;
};

class SmtpSink {
 public:
  enum class Tls { none, starttls, implicit_ };

  // Prints the line that counts as skipped when the server is not installed.
  static bool available();

  explicit SmtpSink(Tls tls = Tls::none, const SinkCertificate* certificate = nullptr,
                    const std::string& login = {});
  ~SmtpSink();
  SmtpSink(const SmtpSink&) = delete;
  SmtpSink& operator=(const SmtpSink&) = delete;

  int port() const { return port_; }
  // "ok", "refuse", ...; see smtp_sink.py.
  void set_mode(const std::string& mode) const;

  struct Taken {
    std::string from;
    std::vector<std::string> to;
    std::string content;
    // The value of its Message-ID.
    std::string id() const;
  };
  // In the order of arrival.
  std::vector<Taken> taken() const;

 private:
  std::string folder_;
  pid_t pid_ = -1;
  int stdin_ = -1;
  int port_ = 0;
};

}  // namespace ks::mail::test
