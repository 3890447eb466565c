#include "server/vendor/wish.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace callarchive::vendor {

namespace fs = std::filesystem;
using nlohmann::json;

string wish_path(const string& archive_path) { return archive_path + ".backfill"; }

void make_wish(const string& archive_path, const BackfillWish& wish) {
  const string path = wish_path(archive_path), beside = path + ".new";
  json text = {{"reads_all", wish.reads_all}, {"v1", static_cast<int>(wish.v1)}};
  if (wish.since_day) text["since_day"] = *wish.since_day;
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << text.dump() << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write " + beside);
  }
  fs::rename(beside, path);  // nobody sees half of it
}

bool has_wish(const string& archive_path) {
  std::error_code error;
  return fs::exists(wish_path(archive_path), error);
}

void withdraw_wish(const string& archive_path) {
  std::error_code error;
  fs::remove(wish_path(archive_path), error);
}

optional<BackfillWish> take_wish(const string& archive_path) {
  if (!has_wish(archive_path)) return {};
  std::ifstream file(wish_path(archive_path), std::ios::binary);
  const string text{std::istreambuf_iterator<char>(file), {}};
  withdraw_wish(archive_path);
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return {};
  BackfillWish wish;
  wish.reads_all = object.value("reads_all", json()) == true;
  if (const auto day = object.value("since_day", json()); day.is_number_integer()) {
    wish.since_day = day.get<std::int64_t>();
  }
  const auto v1 = object.value("v1", json());
  wish.v1 = v1 == 1 ? UseV1::always : v1 == 2 ? UseV1::never : UseV1::when_needed;
  return wish;
}

}  // namespace callarchive::vendor
