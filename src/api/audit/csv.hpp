#pragma once

#include <string>
#include <string_view>

namespace ks::api {

// Appends a cell of RFC 4180. A spreadsheet takes a cell that begins with one of = + - @, a tab or
// a carriage return for a formula; such a cell gets an apostrophe in front, which spreadsheets read
// as "this is text". So that the way back is sure, a cell that begins with an apostrophe gets one
// more.
void append_csv_cell(std::string& out, std::string_view text);

// The way back, of one cell without its quotes.
std::string csv_text(std::string_view cell);

}  // namespace ks::api
