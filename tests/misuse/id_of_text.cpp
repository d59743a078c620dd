// An id made of text that nobody has looked at.
// expect: calling a private constructor|no matching (conversion|constructor)
// expect: is private within this context|no matching function
#include "domain/ids.hpp"

ks::Result<ks::TeamId> mistake(std::string_view text) {
#ifdef FIXED
  return ks::TeamId::parse(text);
#else
  return ks::TeamId(text);
#endif
}
