#pragma once

#include <string>

namespace callarchive::test {

// Compares text with what stands in a page between "<!-- name -->" and "<!-- /name -->", or, with ACCEPT=1 in
// the environment, writes it there and reports the test as skipped. `page` is relative to the source tree.
void expect_in_page(const std::string& page, const std::string& name, const std::string& text);

}  // namespace callarchive::test
