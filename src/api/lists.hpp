#pragma once

#include <string>

#include "api/call.hpp"
#include "api/cursor.hpp"
#include "store/page.hpp"

namespace ks::api {

// {"items":[...],"next_cursor":...}; `show` makes the resource of an item.
template <class T, class Show>
Reply list_reply(const Page<T>& page, const Cursors& cursors, std::string_view list, Show show) {
  Json items = Json::array();
  for (const T& item : page.items) items.push(show(item));
  Reply reply;
  if (page.next) reply.next_cursor = cursors.make(*page.next, list);
  reply.body =
      Json::object({{"items", std::move(items)},
                    {"next_cursor", reply.next_cursor ? Json(*reply.next_cursor) : Json()}});
  return reply;
}

}  // namespace ks::api
