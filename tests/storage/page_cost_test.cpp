#include "storage/read/connection.h"
#include "tests/storage/walk.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <functional>
#include <iostream>
#include <ostream>

// What a page costs, counted in SQLite's own steps and pages: time tells little on a busy machine.

namespace callarchive {
namespace {

using test::page_behind;
using test::TemporaryArchive;

constexpr int kFew = 1000, kMany = 10000;
constexpr std::int64_t kLimit = 10;
constexpr const char* kOften = "often";  // a word of every second document
constexpr const char* kHere = "+14155550100";
constexpr const char* kThere = "+33612345678";

string numbered(const char* format, int i) {
  char text[64];
  std::snprintf(text, sizeof text, format, i);
  return text;
}

// So many calls, messages and contacts, all alike, so that every page of a list is as much to load.
void fill(TemporaryArchive& archive, int size) {
  constexpr Millis kFirst = 1'700'000'000'000, kApart = 1000;
  vector<Event> events;
  for (int i = 0; i < size; ++i) {
    const string text = i % 2 == 0 ? "this is often said" : "this is never heard";
    CallCompleted call;
    call.id = numbered("cll-%06d", i);
    call.started_at = kFirst + 2 * i * kApart;
    call.direction = "INBOUND";
    call.from_number = kThere;
    call.to_number = kHere;
    call.tags = {"kept"};
    call.transcript = {{.position = 0, .text = text}};
    MessageStored message;
    message.id = numbered("msg-%06d", i);
    message.sent_at = kFirst + (2 * i + 1) * kApart;
    message.direction = "INBOUND";
    message.from_number = kThere;
    message.to_number = kHere;
    message.content = text;
    ContactChanged contact;
    contact.id = numbered("con-%06d", i);
    contact.name = numbered("Name%06d", i * 7919 % size);
    contact.numbers = vector<string>{numbered("+33698%06d", i)};
    for (const Event& event : {Event(call), Event(message), Event(contact)}) events.push_back(event);
  }
  archive.tell_all(events);
  archive.close();
  // How far the writer has merged the pieces of an index depends on when it was idle.
  SQLite::Database file(archive.path(), SQLite::OPEN_READWRITE);
  for (const char* table : {"search", "contact_search"}) {
    file.exec(string("INSERT INTO ") + table + " (" + table + ") VALUES ('optimize')");
  }
}

struct Work {
  std::int64_t steps = 0;  // of SQLite's virtual machine, in all statements
  std::int64_t pages = 0;  // of the file that were looked at, also by FTS5
  std::int64_t lists = 0;  // statements that walk a list: those with a limit
  std::int64_t sorts = 0;  // of these
};

std::ostream& operator<<(std::ostream& stream, const Work& work) {
  return stream << work.steps << " steps, " << work.pages << " pages";
}

// A reader on a connection whose work is counted.
class CountingReader {
 public:
  explicit CountingReader(const string& path) : CountingReader(std::make_unique<storage::ReadConnection>(path, "")) {}
  ~CountingReader() { sqlite3_trace_v2(database_, 0, nullptr, nullptr); }
  CountingReader(const CountingReader&) = delete;

  Reader& reader() { return reader_; }

  // Asks once to prepare the statements, and once to count.
  Work count(const std::function<void(Reader&)>& query) {
    query(reader_);
    work_ = {};
    const auto before = pages();
    query(reader_);
    work_.pages = pages() - before;
    return work_;
  }

 private:
  explicit CountingReader(std::unique_ptr<storage::ReadConnection> connection)
      : database_(connection->sqlite.database().getHandle()), reader_(std::move(connection), [](auto) {}) {
    sqlite3_trace_v2(database_, SQLITE_TRACE_PROFILE, take, this);
  }

  // A statement has ended.
  static int take(unsigned, void* self, void* ended, void*) {
    auto& work = static_cast<CountingReader*>(self)->work_;
    auto* statement = static_cast<sqlite3_stmt*>(ended);
    work.steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    const auto sorts = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_SORT, 1);
    const string sql = sqlite3_sql(statement);
    // FTS5 asks for places in its index with a LIMIT 1 of its own.
    const auto has = [&](const char* words) { return sql.find(words) != string::npos; };
    const bool is_list = has(" ORDER BY ") && has(" LIMIT ") && !sql.ends_with(" LIMIT 1");
    work.lists += is_list ? 1 : 0;
    work.sorts += is_list ? sorts : 0;
    return 0;
  }

  std::int64_t pages() const {
    std::int64_t sum = 0;
    for (const int which : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
      int now = 0, highest = 0;
      sqlite3_db_status(database_, which, &now, &highest, 0);
      sum += now;
    }
    return sum;
  }

  sqlite3* database_;
  Work work_;
  Reader reader_;
};

// A list, as the query for the page behind so many rows.
struct List {
  string name;
  std::int64_t rows;  // where there are kMany
  std::function<std::function<void(Reader&)>(Reader&, std::int64_t passed)> page_behind_rows;
};

template <typename AnyPage = Page, typename Find>
auto pages_of(Find find) {
  return [find](Reader& reader, std::int64_t passed) -> std::function<void(Reader&)> {
    AnyPage page{.limit = kLimit};
    if (passed > 0) page = page_behind(find(reader, AnyPage{.limit = passed}), page).value();
    return [find, page](Reader& asked) { EXPECT_EQ(find(asked, page).rows.size(), static_cast<std::size_t>(kLimit)); };
  };
}

const vector<List> kLists = {
    {"calls", kMany, pages_of([](Reader& r, const Page& p) { return r.find_calls({}, p); })},
    {"calls with a tag", kMany, pages_of([](Reader& r, const Page& p) { return r.find_calls({{.tag = "kept"}}, p); })},
    {"calls with a word", kMany / 2, pages_of([](Reader& r, const Page& p) { return r.find_calls({.q = kOften}, p); })},
    {"messages", kMany, pages_of([](Reader& r, const Page& p) { return r.find_messages({}, p); })},
    {"timeline", 2 * kMany, pages_of([](Reader& r, const Page& p) { return r.find_timeline({kHere}, {}, p); })},
    {"timeline of two", 2 * kMany, pages_of([](Reader& r, const Page& p) {
       return r.find_timeline({kHere, kThere}, {}, p);
     })},
    {"search", kMany,
     pages_of<SearchPage>([](Reader& r, const SearchPage& p) { return r.find_search_hits({.q = kOften}, p); })},
    {"contacts", kMany, pages_of([](Reader& r, const Page& p) { return r.find_contacts({}, p); })},
    {"numbers", kMany, pages_of([](Reader& r, const Page& p) { return r.find_numbers({}, p); })},
};

bool is_more(const Work& work, const Work& than) {
  const auto grows = [](std::int64_t now, std::int64_t before) { return 2 * now > 3 * before; };
  return grows(work.steps, than.steps) || grows(work.pages, than.pages);
}

class PageCost : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    few = new TemporaryArchive;
    many = new TemporaryArchive;
    fill(*few, kFew);
    fill(*many, kMany);
  }
  static void TearDownTestSuite() {
    delete few;
    delete many;
  }
  static TemporaryArchive* few;
  static TemporaryArchive* many;
};
TemporaryArchive* PageCost::few = nullptr;
TemporaryArchive* PageCost::many = nullptr;

TEST_F(PageCost, OfTheLastPageIsThatOfTheFirst) {
  CountingReader reader(many->path());
  for (const auto& list : kLists) {
    const auto first = reader.count(list.page_behind_rows(reader.reader(), 0));
    const auto last = reader.count(list.page_behind_rows(reader.reader(), list.rows - kLimit));
    EXPECT_FALSE(is_more(last, first)) << list.name << ": first " << first << ", last " << last;
    for (const auto& work : {first, last}) {
      EXPECT_GT(work.lists, 0) << list.name;
      EXPECT_EQ(work.sorts, 0) << list.name << " is sorted";
    }
  }
}

TEST_F(PageCost, DoesNotGrowWithTheArchive) {
  CountingReader small(few->path()), large(many->path());
  for (const auto& list : kLists) {
    const auto before = small.count(list.page_behind_rows(small.reader(), 0));
    const auto after = large.count(list.page_behind_rows(large.reader(), 0));
    EXPECT_FALSE(is_more(after, before)) << list.name << ": of few " << before << ", of many " << after;
  }
}

// Where pages have numbers, the keys of the whole list are at hand (server/vendor_shape/key_lists.h).
TEST_F(PageCost, OfAPageWithANumberIsTheSameEverywhere) {
  CountingReader reader(many->path());
  for (const bool calls_alone : {true, false}) {
    const auto all = reader.reader().find_item_keys({.messages = !calls_alone});
    ASSERT_EQ(all.size(), static_cast<std::size_t>(calls_alone ? kMany : 2 * kMany));
    const auto count = [&](std::size_t begin) {
      const vector<ItemKey> page(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                 all.begin() + static_cast<std::ptrdiff_t>(begin) + kLimit);
      return reader.count(
          [&](Reader& asked) { EXPECT_EQ(asked.find_items(page, false).size(), static_cast<std::size_t>(kLimit)); });
    };
    const auto first = count(0), middle = count(all.size() / 2), last = count(all.size() - kLimit);
    RecordProperty("first", first.steps);
    RecordProperty("last", last.steps);
    EXPECT_FALSE(is_more(middle, first)) << "first " << first << ", middle " << middle;
    EXPECT_FALSE(is_more(last, first)) << "first " << first << ", last " << last;
    std::cout << "steps of the first page " << first << ", of the last one " << last << '\n';
  }
}

// What must look at every row: so the counters do count.
TEST_F(PageCost, IsNotThatOfACount) {
  CountingReader small(few->path()), large(many->path());
  for (const CallFilter& filter : {CallFilter{{.direction = "INBOUND"}}, CallFilter{.q = kOften}}) {
    const auto count = [&](Reader& reader) { reader.count_calls(filter, true); };
    const auto before = small.count(count), after = large.count(count);
    EXPECT_GT(after.steps, 5 * before.steps) << "of few " << before << ", of many " << after;
  }
}

}  // namespace
}  // namespace callarchive
