#include "mail/folder.hpp"

#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/log.hpp"

namespace ks::mail {

namespace {

constexpr mode_t kOwnerOnly = 0600;

// All of it on the disk, or false.
bool write_whole(const std::string& path, std::string_view text) {
  ::unlink(path.c_str());
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (fd < 0) return false;
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    good = n > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(n));
  }
  good = good && ::fsync(fd) == 0;
  return ::close(fd) == 0 && good;
}

}  // namespace

Attempt FolderTransport::send(const Outgoing& mail) {
  std::error_code failed;
  const std::filesystem::path folder(folder_);
  if (!std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder, failed);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  const std::string path = (folder / (mail.id.str() + ".eml")).string();
  const std::string unfinished = (folder / ("." + mail.id.str() + ".part")).string();
  if (!write_whole(unfinished, mail.content) || ::rename(unfinished.c_str(), path.c_str()) != 0)
    return {Attempt::Kind::later, "not_written", ""};
  log::info("mail written", {{"path", path}});
  return {Attempt::Kind::taken, "taken", ""};
}

}  // namespace ks::mail
