#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

// An HTTP server on a free port of this machine that says what a test tells it to, over TLS or not.
namespace ks::kube::https {

struct Certificates {
  std::string ca;  // PEM
  std::string certificate;
  std::string key;
};

struct CertificateOptions {
  std::string name = "IP:127.0.0.1";
  bool expired = false;
  bool self_signed = false;
};

Certificates make_certificates(const CertificateOptions& options);

class TestServer {
 public:
  // One connection's side of a test: what came in, and what goes out.
  class Connection {
   public:
    virtual ~Connection() = default;
    // Header and body of the next request; "" when the client is gone.
    virtual std::string request() = 0;
    // False when the client is gone.
    virtual bool send(const std::string& bytes) = 0;
  };
  using Script = std::function<void(Connection&)>;

  // Runs `script` for each connection, on a thread of its own. With certificates, over TLS.
  TestServer(Script script, const Certificates* certificates);
  ~TestServer();
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string reply(int status, const std::string& body, const std::string& headers = "");

}  // namespace ks::kube::https
