#include "server/cli/progress.h"

#include <cstdio>

#include <unistd.h>

namespace callarchive::cli {
namespace {

constexpr auto kBarEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(5);
constexpr int kBarWidth = 30;

}  // namespace

Progress::Progress(std::string what, std::int64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) != 0),
      begin_(std::chrono::steady_clock::now()),
      next_(begin_ + (terminal_ ? std::chrono::steady_clock::duration(kBarEvery) : kLineEvery)) {}

Progress::~Progress() {
  if (shown_ && terminal_) std::fputc('\n', stderr);
}

void Progress::update(std::int64_t done, std::int64_t total) {
  total_ = total;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? std::chrono::steady_clock::duration(kBarEvery) : kLineEvery);
  show(done);
}

void Progress::update(std::int64_t done, std::int64_t total, const std::string& remark) {
  remark_ = ", " + remark;
  update(done, total);
}

void Progress::show(std::int64_t done) {
  shown_ = true;
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string bar;
  if (terminal_ && total_ > 0) {
    const auto filled = static_cast<int>(done * kBarWidth / total_);
    bar = " [" + std::string(static_cast<std::size_t>(filled), '#') +
          std::string(static_cast<std::size_t>(kBarWidth - filled), '.') + "]";
  }
  const std::string of = total_ > 0 ? " of " + std::to_string(total_) : "";
  std::fprintf(stderr, "%s%s%s %lld%s, %.0f/s%s%s", terminal_ ? "\r" : "", what_.c_str(), bar.c_str(),
               static_cast<long long>(done), of.c_str(), rate, remark_.c_str(), terminal_ ? "\033[K" : "\n");
  std::fflush(stderr);
}

void Progress::finish(const std::string& message) {
  if (shown_ && terminal_) std::fputs("\r\033[K", stderr);
  shown_ = false;
  std::fprintf(stderr, "%s\n", message.c_str());
}

}  // namespace callarchive::cli
