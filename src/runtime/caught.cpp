#include "runtime/caught.hpp"

#include <exception>

#include <boost/context/fiber.hpp>

namespace ks::runtime {

std::string caught() {
  try {
    throw;
  } catch (const boost::context::detail::forced_unwind&) {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something was thrown that is no exception";
  }
}

}  // namespace ks::runtime
