#include "mail/folder.hpp"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
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

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) return {};
  return unavailable("mail_folder", "A file in the folder of mails cannot be removed.");
}

// Of a mail: ID.eml, or .ID.part where a process died while it wrote one.
bool is_mail(const std::filesystem::path& file) {
  std::string stem = file.stem().string();
  if (file.extension() == ".part" && stem.starts_with('.')) stem.erase(0, 1);
  return (file.extension() == ".eml" || file.extension() == ".part") && MailId::parse(stem);
}

}  // namespace

std::string FolderTransport::finished(const MailId& id) const {
  return (std::filesystem::path(folder_) / (id.str() + ".eml")).string();
}
std::string FolderTransport::unfinished(const MailId& id) const {
  return (std::filesystem::path(folder_) / ("." + id.str() + ".part")).string();
}

Result<void> FolderTransport::remove(const std::vector<MailId>& mails) {
  for (const MailId& id : mails) {
    KS_CHECK(remove_file(finished(id)));
    KS_CHECK(remove_file(unfinished(id)));
  }
  return {};
}

Result<void> FolderTransport::remove_older(Time before) {
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder_, failed), end; !failed && at != end;
       at.increment(failed)) {
    struct stat info{};
    const std::string path = at->path().string();
    if (!is_mail(at->path()) || ::lstat(path.c_str(), &info) != 0) continue;
    if (Time{} + seconds(info.st_mtim.tv_sec) < before) KS_CHECK(remove_file(path));
  }
  return {};
}

Attempt FolderTransport::send(const Outgoing& mail) {
  std::error_code failed;
  const std::filesystem::path folder(folder_);
  if (!std::filesystem::exists(folder, failed)) {
    std::filesystem::create_directories(folder, failed);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  const std::string path = finished(mail.id);
  const std::string part = unfinished(mail.id);
  if (!write_whole(part, mail.content) || ::rename(part.c_str(), path.c_str()) != 0)
    return {Attempt::Kind::later, "not_written", ""};
  log::info("mail written", {{"path", path}});
  return {Attempt::Kind::taken, "taken", ""};
}

}  // namespace ks::mail
