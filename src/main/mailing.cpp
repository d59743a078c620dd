#include "main/mailing.hpp"

#include "mail/folder.hpp"
#include "mail/smtp.hpp"

namespace ks {

namespace {

mail::Brand platform_brand(const Config& config) {
  return mail::Brand{.product = "K8s Scheduler",
                     .sender_name = config.mail_name,
                     .sender = *config.mail_from,
                     .reply_to = std::nullopt,
                     .base = mail::BaseUrl(config.base_url.text())};
}

std::unique_ptr<mail::Transport> transport_of(const Config& config) {
  switch (config.mail_mode) {
    case MailMode::off:
      return nullptr;
    case MailMode::folder:
      return std::make_unique<mail::FolderTransport>(config.mail_folder);
    case MailMode::server:
      return std::make_unique<mail::SmtpTransport>(config.smtp);
  }
  return nullptr;
}

}  // namespace

Mailing::Mailing(const Config& config, Database& db, SqlStores& stores, const Clock& clock,
                 Random& random, http::Metrics& metrics, Tracing& tracing)
    : db_(db),
      store_(stores.mails),
      clock_(clock),
      metrics_(metrics),
      outbox_(stores.mails, stores.envelope, clock, random,
              config.mail_mode == MailMode::off ? mail::Switch::off : mail::Switch::on),
      transport_(transport_of(config)) {
  if (transport_ == nullptr) return;
  if (config.mail_mode == MailMode::folder) disk_ = std::make_unique<runtime::BlockingPool>(1, 4);
  mail::SenderConfig settings;
  settings.on_try = [this, &tracing](const mail::Tried& tried) {
    tracing.tried(tried);
    metrics_
        .counter("mail_tries_total", "Tries to hand a mail over, by how they ended.",
                 {{"outcome", std::string(tried.outcome)}, {"cause", std::string(tried.cause)}})
        .add();
  };
  sender_ = std::make_unique<mail::Sender>(
      mail::SenderParts{db, stores.mails, stores.sync, stores.envelope, *transport_,
                        [brand = platform_brand(config)](const ClientId&) { return brand; }},
      settings, clock, random);
}

void Mailing::start(runtime::Loop& loop) {
  if (sender_) sender_->start(loop);
}
void Mailing::wake() {
  if (sender_) sender_->wake();
}
void Mailing::stop() {
  if (sender_) sender_->stop();
}
void Mailing::wait_stopped() {
  if (sender_) sender_->wait_stopped();
}
std::string Mailing::trouble() const { return sender_ ? sender_->trouble() : std::string(); }

Result<void> Mailing::remove_files(const std::vector<MailId>& mails) {
  if (disk_ == nullptr) return {};
  Result<void> removed;
  if (!disk_->run([&] { removed = transport_->remove(mails); }))
    return unavailable("busy", "Files of mails are being removed already.");
  return removed;
}

void Mailing::measure() {
  const FleetScope fleet(FleetReason::mail);
  const auto waiting = db_.fleet_read(fleet, [&](Tx& tx) { return store_.waiting(tx, fleet); });
  if (!waiting) return;
  const auto mails = [&](std::string_view state) {
    return metrics_.gauge("mails_waiting", "Mails that have not left yet.",
                          {{"state", std::string(state)}});
  };
  mails("queued").set(static_cast<double>(waiting->queued));
  mails("sending").set(static_cast<double>(waiting->sending));
  const Duration age = waiting->oldest.us == 0 ? Duration{} : clock_.now() - waiting->oldest;
  metrics_.gauge("mail_oldest_waiting_seconds", "Age of the oldest mail that has not left.")
      .set(static_cast<double>(age.us) / 1e6);
}

}  // namespace ks
