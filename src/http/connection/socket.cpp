#include "http/connection/socket.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "runtime/fiber.hpp"

namespace ks::http {

namespace asio = boost::asio;

struct Socket::Impl {
  // The loop's own executor type: the type-erased one costs a virtual call and a count per wait.
  using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;
  Impl(runtime::Loop& loop, int fd)
      : descriptor(static_cast<asio::io_context*>(loop.native())->get_executor(), fd) {}
  static auto kind(Ready what) {
    return what == Ready::readable ? Descriptor::wait_read : Descriptor::wait_write;
  }
  Descriptor descriptor;
};

Socket::Socket(runtime::Loop& loop, int fd) : impl_(std::make_unique<Impl>(loop, fd)) {}
Socket::~Socket() = default;

int Socket::fd() { return impl_->descriptor.native_handle(); }
bool Socket::open() const { return impl_->descriptor.is_open(); }

bool Socket::wait(Ready what) {
  boost::system::error_code code;
  runtime::FiberContext* fiber = runtime::fiber_here();
  runtime::FiberPause pause;
  impl_->descriptor.async_wait(Impl::kind(what), fiber->yield[code]);
  return !code;
}

void Socket::when(Ready what, std::function<void(bool)> callback) {
  impl_->descriptor.async_wait(
      Impl::kind(what),
      [callback = std::move(callback)](boost::system::error_code code) { callback(!code); });
}

void Socket::cancel() {
  boost::system::error_code ignored;
  (void)impl_->descriptor.cancel(ignored);
}

void Socket::close() {
  boost::system::error_code ignored;
  (void)impl_->descriptor.close(ignored);
}

}  // namespace ks::http
