#include "server/recordings/download.h"

#include "storage/errors.h"
#include "storage/sqlite/digest.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::recordings {
namespace {

using vendor::host_of;
using vendor::is_same_origin;
using vendor::transfer;

using Steady = std::chrono::steady_clock;

constexpr int kMostRedirects = 5;
constexpr std::int64_t kRoomStep = 1 << 20;  // bytes between looks at the room that is left

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

FetchError refusal(const TransferAnswer& answer, const string& whom, const string& code = {}) {
  const int status = answer.status;
  const string what = whom + " answers " + std::to_string(status) + (code.empty() ? "" : " " + code);
  const auto state = status == 401 || status == 403   ? RecordingState::denied
                     : status == 404 || status == 410 ? RecordingState::gone
                                                      : RecordingState::failed;
  FetchError error(state, what);
  error.retry_after = answer.retry_after;
  return error;
}

// cll-…, of letters and digits: what is put into the path of a request must not be able to leave it.
bool is_id_of_vendor(std::string_view id) {
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return id.starts_with("cll-") && std::all_of(id.begin(), id.end(), is_plain);
}

optional<string> link_in(const nlohmann::json& body) {
  for (const auto* object : {&body, body.is_object() && body.contains("data") ? &body["data"] : nullptr}) {
    if (!object || !object->is_object()) continue;
    const auto found = object->find("url");
    if (found != object->end() && found->is_string()) return found->get<string>();
  }
  return {};
}

// The name under which an unfinished file is left: it holds what must be the same for the rest to fit.
string name_of_partial(const RecordingKey& key, const PartialSound& partial) {
  return storage::sha256_hex(key.call_key + '\n' + std::to_string(key.position) + '\n' + partial.etag + '\n' +
                             std::to_string(partial.total));
}

class Download {
 public:
  Download(const DownloadRules& rules, MediaStore& store, const DueRecording& wanted,
           const std::function<bool()>& may_go_on)
      : rules_(rules), store_(store), wanted_(wanted), may_go_on_(may_go_on), deadline_(Steady::now() + rules.whole) {}

  Downloaded run() {
    // The vendor's route takes ids of this kind alone; others were made up here, or come from an older dialect.
    const bool may_ask = !rules_.vendor_key.empty() && is_id_of_vendor(wanted_.key.call_key);
    if (!may_ask) return fetch_link();
    try {
      return {fetch(ask_for_link()), "vendor"};
    } catch (const FetchError& error) {
      if (!wanted_.link || error.vendor_is_busy || error.partial) throw;
      // The link of the event may live still. If not, what the vendor said counts.
      try {
        return fetch_link();
      } catch (const FetchError& second) {
        FetchError told = error;
        told.partial = second.partial;
        throw told;
      }
    }
  }

 private:
  Downloaded fetch_link() {
    if (!wanted_.link) throw FetchError(RecordingState::failed, "there is no link, and no --vendor-key to ask for one");
    return {fetch(*wanted_.link), "link"};
  }

  TransferRequest request(const string& url) const {
    return {.url = url, .headers = {}, .deadline = deadline_, .may_go_on = may_go_on_};
  }

  string ask_for_link() {
    vendor::Client client({.url = rules_.vendor_url,
                           .key = rules_.vendor_key,
                           .transfer = rules_.transfer,
                           .limiter = rules_.limiter,
                           .may_go_on = may_go_on_});
    vendor::Reply reply;
    try {
      reply = client.once("GET", "/v2/api/conversations/items/" + wanted_.key.call_key + "/recording");
    } catch (const TransferError& error) {
      throw FetchError(RecordingState::failed, error.what());
    }
    if (reply.status == 429) {
      FetchError error(RecordingState::failed, "the vendor answers 429: too many requests");
      error.retry_after = reply.retry_after;
      error.vendor_is_busy = true;
      throw error;
    }
    if (reply.status == 401) throw FetchError(RecordingState::denied, "the vendor does not take the key (401)");
    if (reply.status != 200) {
      throw refusal({.status = reply.status, .retry_after = reply.retry_after}, "the vendor", reply.code);
    }
    const auto link = link_in(nlohmann::json::parse(reply.body, nullptr, false));
    if (!link) throw FetchError(RecordingState::failed, "the vendor's answer has no url");
    return *link;
  }

  // Older links lead to the vendor's own program, which wants the key. No other place is ever told it, nor is this one
  // when somebody else sends us there.
  bool takes_key(const string& url, int hop) const {
    if (hop > 0 || rules_.vendor_key.empty()) return false;
    return is_same_origin(url, rules_.vendor_url) && url.starts_with(rules_.vendor_url + "/v1/assets/");
  }

  IncomingFile fetch(const string& link) {
    if (wanted_.partial) {
      if (auto rest = store_.resume(name_of_partial(wanted_.key, *wanted_.partial))) {
        if (rest->size() > 0 && rest->size() < wanted_.partial->total) {
          if (auto whole = follow(link, std::move(*rest), wanted_.partial)) return std::move(*whole);
        }
      }
    }
    store_.require_room(0);
    return std::move(*follow(link, store_.receive(), {}));
  }

  // Nothing when what is there does not fit what came: then it is gone, and all of it must be fetched.
  optional<IncomingFile> follow(string url, IncomingFile file, const optional<PartialSound>& rest) {
    for (int hop = 0; hop <= kMostRedirects; ++hop) {
      auto asked = request(url);
      if (takes_key(url, hop)) asked.headers.push_back("Authorization: " + rules_.vendor_key);
      if (rest) {
        asked.headers.push_back("Range: bytes=" + std::to_string(file.size()) + "-");
        asked.headers.push_back("If-Range: " + rest->etag);
      }
      const auto answer = receive(asked, file, rest);
      if (is_redirect(answer.status) && !answer.location.empty()) {
        url = answer.location;
        continue;
      }
      if (answer.status == (rest ? 206 : 200) && !misfit_) return file;
      if (rest && (answer.status == 200 || answer.status == 206 || answer.status == 416)) return {};
      FetchError error = refusal(answer, host_of(url));
      if (rest) error.partial = leave(file, answer, file.size(), rest);
      throw error;
    }
    throw FetchError(RecordingState::failed, "more than " + std::to_string(kMostRedirects) + " redirects");
  }

  TransferAnswer receive(const TransferRequest& asked, IncomingFile& file, const optional<PartialSound>& rest) {
    const std::int64_t begin = file.size();
    TransferAnswer head;
    std::int64_t looked_at = -kRoomStep;
    misfit_ = false;
    struct Enough {};  // the rest of the body is of no use
    try {
      return transfer(rules_.transfer, asked, [&](const TransferAnswer& answer, std::string_view bytes) {
        head = answer;
        misfit_ = answer.status == 206 && rest && !fits(answer, begin, *rest);
        if (answer.status != (rest ? 206 : 200) || misfit_) throw Enough();
        if (file.size() - looked_at >= kRoomStep) {
          store_.require_room(std::max<std::int64_t>(0, answer.length.value_or(0) - (file.size() - begin)));
          looked_at = file.size();
        }
        file.append(bytes);
      });
    } catch (const Enough&) {
      return head;
    } catch (const TransferError& error) {
      FetchError failed(RecordingState::failed, error.what());
      failed.partial = leave(file, head, begin, rest);
      throw failed;
    }
  }

  static bool fits(const TransferAnswer& answer, std::int64_t begin, const PartialSound& rest) {
    const string expected =
        "bytes " + std::to_string(begin) + "-" + std::to_string(rest.total - 1) + "/" + std::to_string(rest.total);
    return answer.content_range == expected && (answer.etag.empty() || answer.etag == rest.etag);
  }

  // What came of a long file is left in the store, if the other side can tell whether it is the same next time.
  optional<PartialSound> leave(IncomingFile& file, const TransferAnswer& head, std::int64_t begin,
                               const optional<PartialSound>& rest) {
    if (file.size() < rules_.resume_from) return {};
    optional<PartialSound> partial = rest;
    if (!partial && head.status == 200 && head.length && head.etag.starts_with('"')) {
      partial = PartialSound{head.etag, begin + *head.length};
    }
    if (!partial || file.size() >= partial->total) return {};
    store_.leave(std::move(file), name_of_partial(wanted_.key, *partial));
    return partial;
  }

  const DownloadRules& rules_;
  MediaStore& store_;
  const DueRecording& wanted_;
  const std::function<bool()>& may_go_on_;
  const Steady::time_point deadline_;
  bool misfit_ = false;  // the 206 that came is of something else
};

}  // namespace

Downloaded download(const DownloadRules& rules, MediaStore& store, const DueRecording& wanted,
                    const std::function<bool()>& may_go_on) {
  return Download(rules, store, wanted, may_go_on).run();
}

}  // namespace callarchive::recordings
