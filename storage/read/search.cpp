#include "storage/items/contacts.h"
#include "storage/read/item_query.h"
#include "storage/read/search_locate.h"

#include <algorithm>

namespace callarchive {
namespace {

using namespace storage;

static_assert(kRankedHits <= kCountLimit);  // so that whatever is ranked is counted, however far is counted

bool is_asked(const SearchFilter& filter, SearchKind kind) {
  return filter.kinds.empty() || std::find(filter.kinds.begin(), filter.kinds.end(), kind) != filter.kinds.end();
}

bool asks_calls(const SearchFilter& filter) { return is_asked(filter, SearchKind::call); }

bool asks_messages(const SearchFilter& filter) {
  return is_asked(filter, SearchKind::message) && !filter.is_about_calls_alone();
}

bool asks_items(const SearchFilter& filter) { return asks_calls(filter) || asks_messages(filter); }

bool asks_contacts(const SearchFilter& filter) {
  return is_asked(filter, SearchKind::contact) && !filter.since && !filter.until && !filter.direction &&
         !filter.is_about_calls_alone();
}

// Without a word that is wanted there is nothing to rank by.
bool is_ranked(const SearchFilter& filter, const Matches& match) {
  return filter.sort == SearchSort::relevance && !match.items.wanted.empty();
}

// Nothing if neither calls nor messages are asked for.
optional<ItemQuery> items_of(ReadConnection& reader, const SearchFilter& filter, const Match& match) {
  if (!asks_items(filter)) return {};
  const bool calls = asks_calls(filter), messages = asks_messages(filter);
  ItemQuery query(calls && messages ? ItemQuery::Kind::both
                  : calls           ? ItemQuery::Kind::calls
                                    : ItemQuery::Kind::messages);
  query.apply(reader, filter);
  query.with_text(match);
  return query;
}

struct ContactHits {
  string from;
  string key;
  Where where;
};

ContactHits contacts_of(ReadConnection& reader, const SearchFilter& filter, const Match& match) {
  ContactHits hits;
  if (match.wanted.empty()) {
    hits = {" FROM contacts", "key", {}};
    hits.where.add("key NOT IN (SELECT rowid FROM " + match.index + " WHERE " + match.index + " MATCH ?)",
                   {match.unwanted});
  } else {
    hits = {" FROM " + match.index, "rowid", {}};
    hits.where.add(match.index + " MATCH ?", {match.wanted});
  }
  if (!filter.numbers.empty()) {
    const auto ids = find_number_ids(reader.sqlite, filter.numbers, reader.default_region);
    hits.where.add(hits.key +
                       " IN (SELECT contact_key FROM contact_numbers"
                       " WHERE number_id IN (SELECT value FROM json_each(?)))",
                   {key_list(ids)});
  }
  return hits;
}

// One page of hits while it is being filled: contacts first, then calls and messages.
class Answer {
 public:
  Answer(ReadConnection& reader, const SearchFilter& filter, const SearchPage& page)
      : reader_(reader),
        filter_(filter),
        page_(page),
        match_(match_all(reader.sqlite, filter.q, asks_items(filter))),
        ranked_(is_ranked(filter, match_)) {}

  SearchHits read() {
    if (asks_contacts(filter_) && (!page_.after || page_.after->among_contacts)) add_contacts();
    if (auto query = items_of(reader_, filter_, match_.items)) add_items(*query);
    return std::move(hits_);
  }

 private:
  std::int64_t room() const { return page_.limit - static_cast<std::int64_t>(hits_.rows.size()); }
  optional<std::int64_t> after(bool among_contacts) const {
    if (!page_.after || page_.after->among_contacts != among_contacts) return {};
    return page_.after->key;
  }

  void add_contacts() {
    const auto contacts = contacts_of(reader_, filter_, match_.contacts);
    const auto begin = after(true);
    const auto keys =
        ranked_ ? cut_ranked(rank_contacts(contacts), begin, true) : cut_newest(list_contacts(contacts, begin), true);
    auto located = locate_in_contacts(reader_.sqlite, match_.contacts, keys);
    for (auto& contact : load_contacts(reader_.sqlite, keys)) {
      SearchHit hit{.kind = SearchKind::contact, .at = contact.updated_at};
      auto matches = std::move(located[contact.key]);
      hit.contact = std::move(contact);
      add(std::move(hit), std::move(matches));
    }
  }

  void add_items(const ItemQuery& query) {
    const auto begin = after(false);
    const auto keys = ranked_ ? cut_ranked(rank_items(query), begin, false)
                              : cut_newest(query.find(reader_.sqlite, {room(), begin}), false);
    const bool apart = !ranked_ && !query.is_driven_by_text(reader_.sqlite);
    auto located = locate_in_items(reader_.sqlite, match_.items, keys, apart);
    for (auto& item : load_items(reader_.sqlite, keys)) {
      const bool is_call = item.call.has_value();
      const auto key = is_call ? item.call->item : item.message->item;
      SearchHit hit{.kind = is_call ? SearchKind::call : SearchKind::message, .at = item.at};
      hit.call = std::move(item.call);
      hit.message = std::move(item.message);
      add(std::move(hit), std::move(located[key]));
    }
  }

  void add(SearchHit hit, Located located) {
    hit.entries = std::move(located.entries);
    hit.fields = std::move(located.fields);
    hits_.rows.push_back(std::move(hit));
  }

  vector<std::int64_t> cut_newest(vector<std::int64_t> keys, bool among_contacts) {
    auto slice = cut(std::move(keys), room(), [](std::int64_t key) { return key; });
    hits_.has_more = hits_.has_more || slice.has_more;
    if (!slice.rows.empty()) hits_.last = {among_contacts, slice.last_key};
    return std::move(slice.rows);
  }

  // Best first, newer first among equals. The place in a ranked list is the number of rows before it.
  vector<std::int64_t> cut_ranked(vector<ItemQuery::Ranked> ranked, optional<std::int64_t> begin, bool among_contacts) {
    if (ranked.size() > kRankedHits) {
      hits_.ranked_newest_only = true;
      ranked.resize(kRankedHits);
    }
    std::sort(ranked.begin(), ranked.end(),
              [](const auto& a, const auto& b) { return a.rank != b.rank ? a.rank < b.rank : a.item > b.item; });
    const auto size = static_cast<std::int64_t>(ranked.size());
    const auto from = std::clamp<std::int64_t>(begin.value_or(0), 0, size);
    const auto to = std::min(from + room(), size);
    vector<std::int64_t> keys;
    for (auto i = from; i < to; ++i) keys.push_back(ranked[static_cast<std::size_t>(i)].item);
    hits_.has_more = hits_.has_more || to < size;
    if (!keys.empty()) hits_.last = {among_contacts, to};
    return keys;
  }

  vector<std::int64_t> list_contacts(ContactHits contacts, optional<std::int64_t> begin) {
    if (begin) contacts.where.add(contacts.key + " > ?", {*begin});
    auto query = reader_.sqlite.query("SELECT " + contacts.key + contacts.from + contacts.where.sql() + " ORDER BY " +
                                      contacts.key + " LIMIT ?");
    contacts.where.bind(query);
    query.bind(page_.limit + 1);
    vector<std::int64_t> keys;
    while (query.step()) keys.push_back(query.integer(0));
    return keys;
  }

  vector<ItemQuery::Ranked> rank_contacts(const ContactHits& contacts) {
    auto query = reader_.sqlite.query("SELECT rowid, " + relevance(match_.contacts.index, "5, 2, 1, 2, 2, 1") +
                                      contacts.from + contacts.where.sql() + " ORDER BY rowid DESC LIMIT ?");
    contacts.where.bind(query);
    query.bind(kRankedHits + 1);
    vector<ItemQuery::Ranked> ranked;
    while (query.step()) ranked.push_back({query.integer(0), query.maybe_real(1).value_or(0)});
    return ranked;
  }

  vector<ItemQuery::Ranked> rank_items(const ItemQuery& query) { return query.find_ranked(reader_.sqlite); }

  ReadConnection& reader_;
  const SearchFilter& filter_;
  const SearchPage& page_;
  const Matches match_;
  const bool ranked_;
  SearchHits hits_;
};

}  // namespace

SearchHits Reader::find_search_hits(const SearchFilter& filter, const SearchPage& page) {
  return ask(*connection_, [&](Connection&) { return Answer(*connection_, filter, page).read(); });
}

Count Reader::count_search_hits(const SearchFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    const auto match = match_all(connection, filter.q, asks_items(filter));
    const bool ranked = is_ranked(filter, match);
    const bool count_all = exact && !ranked;
    Count sum{0, true};
    const auto add = [&](const Count& count) {
      // Of contacts, and of calls and messages, the pages have no more than were ranked.
      sum.total += ranked ? std::min(count.total, kRankedHits) : count.total;
      sum.exact = sum.exact && (ranked || count.exact);
    };
    if (asks_contacts(filter)) {
      const auto contacts = contacts_of(*connection_, filter, match.contacts);
      add(count_rows(connection, "SELECT 1" + contacts.from, contacts.where, count_all));
    }
    if (const auto query = items_of(*connection_, filter, match.items)) add(query->count(connection, count_all));
    if (exact || sum.total <= kCountLimit) return sum;
    return Count{kCountLimit, false};
  });
}

}  // namespace callarchive
