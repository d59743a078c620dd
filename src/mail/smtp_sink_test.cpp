#include "mail/smtp_sink.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ks::mail::test {

namespace {

std::string temporary_folder() {
  std::string pattern = "/tmp/ks-sink-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return pattern;
}

void shell(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error(command);
  std::string out;
  std::array<char, 1024> block{};
  while (const auto n = std::fread(block.data(), 1, block.size(), pipe))
    out.append(block.data(), n);
  if (::pclose(pipe) != 0) throw std::runtime_error(command + ": " + out);
}

std::string sink_script() {
  const char* source = std::getenv("KS_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/src/mail/smtp_sink.py";
}

}  // namespace

SinkCertificate::SinkCertificate(const std::string& folder, const std::string& name, Kind kind)
    : authority(folder + "/ca.pem"),
      certificate(folder + "/server.pem"),
      key(folder + "/server.key") {
  constexpr const char* kKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  const std::string in = "cd '" + folder + "' && ";
  shell(
      fmt::format("{}openssl req -x509 {} -keyout ca.key -out ca.pem -subj '/CN=test authority' "
                  "-days 1 -addext basicConstraints=critical,CA:TRUE",
                  in, kKey));
  std::ofstream(folder + "/extensions") << "subjectAltName=" << name << "\n";
  if (kind == Kind::self_signed) {
    shell(
        fmt::format("{}openssl req -x509 {} -keyout server.key -out server.pem "
                    "-subj '/CN=server' -days 1 -addext subjectAltName={}",
                    in, kKey, name));
    return;
  }
  shell(
      fmt::format("{0}openssl req {1} -keyout server.key -out server.csr -subj '/CN=server' && "
                  "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
                  "-days {2} -extfile extensions -out server.pem",
                  in, kKey, kind == Kind::expired ? -1 : 1));
}

bool SmtpSink::available() {
  static const bool kThere =
      std::system("/usr/bin/python3 -c 'import aiosmtpd' >/dev/null 2>&1") == 0;
  if (!kThere) std::printf("skipped: python3-aiosmtpd is not installed\n");
  return kThere;
}

SmtpSink::SmtpSink(Tls tls, const SinkCertificate* certificate, const std::string& login)
    : folder_(temporary_folder()) {
  std::vector<std::string> words{
      "/usr/bin/python3", sink_script(), folder_, "--tls",
      tls == Tls::none ? "none" : (tls == Tls::starttls ? "starttls" : "implicit")};
  if (certificate != nullptr)
    words.insert(words.end(),
                 {"--certificate", certificate->certificate, "--key", certificate->key});
  if (!login.empty()) words.insert(words.end(), {"--login", login});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  stdin_ = in[1];
  std::string line;
  char c = 0;
  while (::read(out[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(out[0]);
  if (line.empty()) throw std::runtime_error("smtp_sink.py does not start");
  port_ = std::stoi(line);
}

SmtpSink::~SmtpSink() {
  ::close(stdin_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void SmtpSink::set_mode(const std::string& mode) const {
  std::ofstream(folder_ + "/mode.new") << mode;
  std::filesystem::rename(folder_ + "/mode.new", folder_ + "/mode");
}

std::vector<SmtpSink::Taken> SmtpSink::taken() const {
  std::vector<Taken> out;
  for (int i = 1;; ++i) {
    std::ifstream file(fmt::format("{}/{:04}.eml", folder_, i), std::ios::binary);
    if (!file) return out;
    std::string line;
    std::getline(file, line);
    std::istringstream words(line);
    Taken taken;
    std::getline(words, taken.from, '\t');
    for (std::string to; std::getline(words, to, '\t');) taken.to.push_back(to);
    std::stringstream rest;
    rest << file.rdbuf();
    taken.content = rest.str();
    out.push_back(std::move(taken));
  }
}

std::string SmtpSink::Taken::id() const {
  const std::size_t at = content.find("Message-ID: ");
  return at == content.npos ? "" : content.substr(at + 12, content.find('\r', at) - at - 12);
}

}  // namespace ks::mail::test
