#pragma once

#include "server/http/url.h"
#include "server/mcp/message.h"

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace callarchive::mcp {

// The call of a tool cannot be answered; what() tells a model what to send instead.
struct Mistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The arguments of one call, of the types that the tool's input schema says. Only what the schemas of
// docs/mcp/server.json use is known here: texts, whole numbers, truth values and lists of texts; null is as good as
// absent, and a text stands for a list with one element. Whether a text is a good one is for the API to say.
class Arguments {
 public:
  // Throws Mistake: an unknown or missing argument, or one of another type or beyond its bounds.
  Arguments(const nlohmann::json& given, const Json& schema);

  bool has(std::string_view name) const { return text(name).has_value(); }
  // Whole numbers in decimal; of a list the first element.
  std::optional<std::string> text(std::string_view name) const;
  std::int64_t whole(std::string_view name, std::int64_t otherwise) const;
  bool is_true(std::string_view name) const { return text(name) == "true"; }

  // All but these as parameters of the API, which have the same names.
  http::Parameters parameters_without(std::initializer_list<std::string_view> names) const;

 private:
  http::Parameters values_;
};

}  // namespace callarchive::mcp
