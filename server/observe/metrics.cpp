#include "server/observe/metrics.h"

#include "server/observe/archive_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <unordered_map>

namespace callarchive {
namespace {

constexpr const char* kNoRoute = "-";
constexpr const char* kOtherTopic = "other";
constexpr std::string_view kWebhooks = "/webhooks/";
constexpr int kFirstStatus = 100, kLastStatus = 599;
const prometheus::Histogram::BucketBoundaries kRequestSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                                 0.05,   0.1,   0.25,   0.5,   1,    2.5};
constexpr RecordingState kTriedStates[] = {RecordingState::kept, RecordingState::denied, RecordingState::gone,
                                           RecordingState::failed};
const char* const kOutcomes[] = {"stored", "duplicate", "noted", "quarantined"};  // as Receipt::Status

}  // namespace

class Metrics::Impl {
 public:
  Impl(Archive& archive, Options options) : archive_(archive), options_(std::move(options)) {
    prometheus::BuildGauge()
        .Name("callarchive_build_info")
        .Help("Always 1; the version is the label.")
        .Register(registry_)
        .Add({{"version", options_.version}})
        .Set(1);
    add_route(kNoRoute);
    for (const auto& topic : options_.topics) add_topic(topic);
    add_topic(kOtherTopic);
    for (const char* code : {"busy", "not_durable", "overloaded"}) refused_.Add({{"code", code}});
    for (const auto state : kTriedStates) recordings_[state] = &tries_.Add({{"state", to_text(state)}});
    const auto newest = archive_.reader().find_deliveries({}, {.limit = 1});
    if (!newest.rows.empty()) last_delivery_ = newest.rows.front().last_received_at;
  }

  void know_routes(const std::vector<http::Route>& routes) {
    for (const auto& route : routes) add_route(route.pattern);
  }

  void count_request(const http::Outcome& outcome) {
    auto found = routes_.find(std::string(outcome.route));
    if (found == routes_.end()) found = routes_.find(kNoRoute);
    PerRoute& counts = found->second;
    counts.seconds->Observe(outcome.seconds);
    const int status = outcome.status;
    if (status >= kFirstStatus && status <= kLastStatus) counter(found->first, counts, status).Increment();
    if (status >= 400 && outcome.route.starts_with(kWebhooks)) {
      refused_.Add({{"code", std::string(outcome.problem_code)}}).Increment();
    }
    if (status == 401) (outcome.route.starts_with(kWebhooks) ? failed_senders_ : failed_callers_).Increment();
  }

  void count_delivery(const std::string& topic, const Receipt& receipt, std::size_t unreadable_times) {
    auto found = topics_.find(topic);
    if (found == topics_.end()) found = topics_.find(kOtherTopic);
    found->second[static_cast<std::size_t>(receipt.status)]->Increment();
    // A redelivery says again what has been counted.
    if (receipt.status != Receipt::Status::duplicate)
      unreadable_times_.Increment(static_cast<double>(unreadable_times));
    last_delivery_ = options_.now();
  }

  void count_failed_reload() { failed_reloads_.Increment(); }
  void note_certificate(std::int64_t expires_at) { certificate_expires_ = static_cast<double>(expires_at); }
  void count_recording(RecordingState state) { recordings_.at(state)->Increment(); }

  void note_clock_difference(double seconds) {
    clock_difference_ = seconds;
    knows_clock_ = true;
  }

  std::string text() const {
    auto families = registry_.Collect();
    auto more = collect_archive_metrics(archive_, options_.archive_path, options_.now());
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    if (const Millis last = last_delivery_; last > 0) {
      families.push_back(gauge("last_delivery_age_seconds", "Time since the last delivery, also across restarts.",
                               static_cast<double>(options_.now() - last) / 1000));
    }
    families.push_back(gauge("certificate_expiry_timestamp_seconds", "When the TLS certificate ends; 0 without TLS.",
                             certificate_expires_));
    auto start = gauge("", "When the process was started.", started_at_);
    start.name = "process_start_time_seconds";
    families.push_back(std::move(start));
    if (knows_clock_) {
      families.push_back(gauge("vendor_clock_difference_seconds",
                               "The clock here minus that of the last signed delivery, transport included.",
                               clock_difference_));
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return out.str();
  }

 private:
  struct PerRoute {
    prometheus::Histogram* seconds = nullptr;
    // Made when a status first occurs, so that a scrape is not full of zeros.
    std::array<std::atomic<prometheus::Counter*>, kLastStatus - kFirstStatus + 1> by_status = {};
  };

  void add_route(const std::string& route) {
    routes_[route].seconds = &durations_.Add({{"route", route}}, kRequestSeconds);
  }
  void add_topic(const std::string& topic) {
    auto& counters = topics_[topic];
    for (std::size_t i = 0; i < counters.size(); ++i) {
      counters[i] = &deliveries_.Add({{"topic", topic}, {"outcome", kOutcomes[i]}});
    }
  }
  prometheus::Counter& counter(const std::string& route, PerRoute& counts, int status) {
    auto& place = counts.by_status[static_cast<std::size_t>(status - kFirstStatus)];
    if (auto* known = place.load(std::memory_order_acquire)) return *known;
    // The family returns the same counter for the same labels, so that two threads may come here at once.
    auto& made = requests_.Add({{"route", route}, {"status", std::to_string(status)}});
    place.store(&made, std::memory_order_release);
    return made;
  }

  Archive& archive_;
  const Options options_;
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_ =
      prometheus::BuildCounter()
          .Name("callarchive_http_requests_total")
          .Help("Requests by route and status; 499: the client closed the connection early.")
          .Register(registry_);
  prometheus::Family<prometheus::Histogram>& durations_ =
      prometheus::BuildHistogram()
          .Name("callarchive_http_request_duration_seconds")
          .Help("Time from the last byte of a request's header section to its response.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& deliveries_ = prometheus::BuildCounter()
                                                             .Name("callarchive_deliveries_total")
                                                             .Help("Stored deliveries by topic and outcome.")
                                                             .Register(registry_);
  // The codes are those of the program itself, so that their number is bounded.
  prometheus::Family<prometheus::Counter>& refused_ =
      prometheus::BuildCounter()
          .Name("callarchive_refused_deliveries_total")
          .Help("Requests to the webhook routes answered with an error, by the code of the problem.")
          .Register(registry_);
  prometheus::Family<prometheus::Counter>& tries_ = prometheus::BuildCounter()
                                                        .Name("callarchive_recording_tries_total")
                                                        .Help("Tries to fetch a recording, by the state they led to.")
                                                        .Register(registry_);
  prometheus::Counter& unreadable_times_ =
      prometheus::BuildCounter()
          .Name("callarchive_unreadable_times_total")
          .Help("Fields of deliveries whose value should be a time and could not be read as one.")
          .Register(registry_)
          .Add({});
  prometheus::Counter& failed_reloads_ = prometheus::BuildCounter()
                                             .Name("callarchive_failed_reloads_total")
                                             .Help("Reloads that failed, so that the old credentials stayed.")
                                             .Register(registry_)
                                             .Add({});
  prometheus::Family<prometheus::Counter>& failures_ =
      prometheus::BuildCounter()
          .Name("callarchive_failed_credentials_total")
          .Help("Requests refused with 401, by kind: webhooks and queries.")
          .Register(registry_);
  prometheus::Counter& failed_senders_ = failures_.Add({{"of", "sender"}});
  prometheus::Counter& failed_callers_ = failures_.Add({{"of", "caller"}});
  std::unordered_map<std::string, PerRoute> routes_;  // not changed after construction, as the next
  std::unordered_map<std::string, std::array<prometheus::Counter*, std::size(kOutcomes)>> topics_;
  std::map<RecordingState, prometheus::Counter*> recordings_;
  const double started_at_ = static_cast<double>(options_.now()) / 1000;
  std::atomic<double> certificate_expires_{0};
  std::atomic<Millis> last_delivery_{0};
  std::atomic<double> clock_difference_{0};
  std::atomic<bool> knows_clock_{false};
};

Metrics::Metrics(Archive& archive, Options options) : impl_(std::make_unique<Impl>(archive, std::move(options))) {}
Metrics::~Metrics() = default;
void Metrics::know_routes(const std::vector<http::Route>& routes) { impl_->know_routes(routes); }
void Metrics::count_request(const http::Outcome& outcome) { impl_->count_request(outcome); }
void Metrics::count_delivery(const std::string& topic, const Receipt& receipt, std::size_t unreadable_times) {
  impl_->count_delivery(topic, receipt, unreadable_times);
}
void Metrics::count_failed_reload() { impl_->count_failed_reload(); }
void Metrics::note_certificate(std::int64_t expires_at) { impl_->note_certificate(expires_at); }
void Metrics::count_recording(RecordingState state) { impl_->count_recording(state); }
void Metrics::note_clock_difference(double seconds) { impl_->note_clock_difference(seconds); }
std::string Metrics::text() const { return impl_->text(); }

http::Response show_metrics(const Metrics& metrics) {
  http::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics.text();
  return response;
}

}  // namespace callarchive
