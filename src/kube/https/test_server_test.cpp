#include "kube/https/test_server.hpp"

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"

namespace ks::kube::https {

namespace {

std::string pem_of(const std::function<int(BIO*)>& write) {
  BIO* bio = BIO_new(BIO_s_mem());
  KS_ASSERT(write(bio) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

void extend(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  KS_ASSERT(extension != nullptr);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* certificate(EVP_PKEY* key, const char* name, long serial, bool expired) {
  X509* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert), -7200);
  X509_gmtime_adj(X509_getm_notAfter(cert), expired ? -3600 : 3600);
  X509_set_pubkey(cert, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return cert;
}

class Plain : public TestServer::Connection {
 public:
  explicit Plain(int fd) : fd_(fd) {}
  std::string request() override {
    for (;;) {
      if (const auto end = in_.find("\r\n\r\n"); end != std::string::npos) {
        std::size_t length = 0;
        if (const auto at = in_.find("Content-Length: "); at != std::string::npos && at < end)
          length = std::stoul(in_.substr(at + 16));
        if (in_.size() >= end + 4 + length) {
          std::string out = in_.substr(0, end + 4 + length);
          in_.erase(0, out.size());
          return out;
        }
      }
      char bytes[16384];
      const int n = read(bytes, sizeof bytes);
      if (n <= 0) return "";
      in_.append(bytes, static_cast<std::size_t>(n));
    }
  }
  bool send(const std::string& bytes) override {
    for (std::size_t at = 0; at < bytes.size();) {
      const int n = write(bytes.data() + at, static_cast<int>(bytes.size() - at));
      if (n <= 0) return false;
      at += static_cast<std::size_t>(n);
    }
    return true;
  }

 protected:
  virtual int read(char* to, int size) {
    return static_cast<int>(::recv(fd_, to, static_cast<std::size_t>(size), 0));
  }
  virtual int write(const char* from, int size) {
    return static_cast<int>(::send(fd_, from, static_cast<std::size_t>(size), MSG_NOSIGNAL));
  }
  int fd_;

 private:
  std::string in_;
};

class Secure final : public Plain {
 public:
  Secure(int fd, SSL_CTX* context) : Plain(fd), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, fd);
    ready_ = SSL_accept(ssl_) == 1;
  }
  ~Secure() override { SSL_free(ssl_); }

 protected:
  int read(char* to, int size) override { return ready_ ? SSL_read(ssl_, to, size) : -1; }
  int write(const char* from, int size) override {
    return ready_ ? SSL_write(ssl_, from, size) : -1;
  }

 private:
  SSL* ssl_;
  bool ready_ = false;
};

}  // namespace

Certificates make_certificates(const CertificateOptions& options) {
  EVP_PKEY* ca_key = EVP_EC_gen("P-256");
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* ca = certificate(ca_key, "test authority", 1, false);
  X509_set_issuer_name(ca, X509_get_subject_name(ca));
  extend(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(ca, ca_key, EVP_sha256());
  X509* cert = certificate(key, "test server", 2, options.expired);
  X509_set_issuer_name(cert, X509_get_subject_name(options.self_signed ? cert : ca));
  extend(cert, options.self_signed ? cert : ca, NID_subject_alt_name, options.name.c_str());
  X509_sign(cert, options.self_signed ? key : ca_key, EVP_sha256());
  Certificates out;
  out.ca = pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, ca); });
  out.certificate = pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, cert); });
  out.key = pem_of([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(ca);
  X509_free(cert);
  EVP_PKEY_free(key);
  EVP_PKEY_free(ca_key);
  return out;
}

struct TestServer::Impl {
  Script script;
  SSL_CTX* context = nullptr;
  int listener = -1;
  int port = 0;
  std::mutex mutex;
  bool stopping = false;
  std::vector<int> connections;
  std::vector<std::thread> threads;
  std::thread acceptor;

  void serve(int fd) {
    std::unique_ptr<Connection> connection;
    if (context != nullptr)
      connection = std::make_unique<Secure>(fd, context);
    else
      connection = std::make_unique<Plain>(fd);
    script(*connection);
    ::shutdown(fd, SHUT_RDWR);
  }
};

TestServer::TestServer(Script script, const Certificates* certificates)
    : impl_(std::make_unique<Impl>()) {
  std::signal(SIGPIPE, SIG_IGN);
  impl_->script = std::move(script);
  if (certificates != nullptr) {
    impl_->context = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(certificates->certificate.data(),
                               static_cast<int>(certificates->certificate.size()));
    X509* cert = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new_mem_buf(certificates->key.data(), static_cast<int>(certificates->key.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    KS_ASSERT(SSL_CTX_use_certificate(impl_->context, cert) == 1);
    KS_ASSERT(SSL_CTX_use_PrivateKey(impl_->context, key) == 1);
    X509_free(cert);
    EVP_PKEY_free(key);
  }
  impl_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KS_ASSERT(::bind(impl_->listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  KS_ASSERT(::listen(impl_->listener, 64) == 0);
  socklen_t size = sizeof address;
  ::getsockname(impl_->listener, reinterpret_cast<sockaddr*>(&address), &size);
  impl_->port = ntohs(address.sin_port);
  impl_->acceptor = std::thread([impl = impl_.get()] {
    for (;;) {
      const int fd = ::accept(impl->listener, nullptr, nullptr);
      const std::lock_guard lock(impl->mutex);
      if (fd < 0 || impl->stopping) {
        if (fd >= 0) ::close(fd);
        return;
      }
      impl->connections.push_back(fd);
      impl->threads.emplace_back([impl, fd] { impl->serve(fd); });
    }
  });
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    for (const int fd : impl_->connections) ::shutdown(fd, SHUT_RDWR);
  }
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  for (auto& thread : impl_->threads) thread.join();
  for (const int fd : impl_->connections) ::close(fd);
  ::close(impl_->listener);
  SSL_CTX_free(impl_->context);
}

int TestServer::port() const { return impl_->port; }

std::string reply(int status, const std::string& body, const std::string& headers) {
  return fmt::format(
      "HTTP/1.1 {} X\r\nContent-Length: {}\r\nContent-Type: application/json\r\n{}\r\n{}", status,
      body.size(), headers, body);
}

}  // namespace ks::kube::https
