#include "storage/items/item_key.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

// The layout of the search index, as sections 3 and 7 of the design have it: what size and speed rest on.

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::HasSubstr;
using testing::Not;

TEST(SearchLayout, IsWholeWordsWithoutPrefixIndexMergedLate) {
  const TemporaryArchive archive;
  for (const string table : {"search", "contact_search"}) {
    const auto sql = archive.ask("SELECT sql FROM sqlite_master WHERE name = '" + table + "'");
    EXPECT_THAT(sql, HasSubstr("USING fts5"));
    EXPECT_THAT(sql, HasSubstr("tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\""));
    for (const char* option : {"prefix", "detail", "columnsize"}) EXPECT_THAT(sql, Not(HasSubstr(option))) << table;
    EXPECT_EQ(archive.ask("SELECT v FROM " + table + "_config WHERE k = 'automerge'"), "16") << table;
  }
}

// The newest are at the end, so newest first is a walk back: also for what arrives late.
TEST(SearchLayout, TheKeyOfADocumentIsThatOfItsItem) {
  TemporaryArchive archive;
  constexpr Millis kNow = 1'700'000'000'000;
  archive.tell(CallCompleted{.id = "cll-1", .started_at = kNow, .summary = "a chair"});
  archive.tell(MessageStored{.id = "msg-late", .sent_at = kNow - 1000, .content = "the chair"});
  archive.tell(CallCompleted{.id = "cll-moved", .started_at = kNow - 5000, .summary = "chairs, a chair"});
  archive.tell(CallCompleted{.id = "cll-moved", .started_at = kNow + 5000});  // corrected
  EXPECT_EQ(archive.ask("SELECT group_concat(id) FROM (SELECT coalesce(c.id, m.id) AS id FROM search"
                        " LEFT JOIN calls c ON c.item = search.rowid LEFT JOIN messages m ON m.item = search.rowid"
                        " WHERE search MATCH 'chair' ORDER BY search.rowid DESC)"),
            "cll-moved,cll-1,msg-late");
  const auto hits = archive.reader().find_search_hits({.q = "chair"}, {});
  ASSERT_EQ(hits.rows.size(), 3u);
  for (const auto& hit : hits.rows) {
    const auto item = hit.call ? hit.call->item : hit.message->item;
    EXPECT_EQ(storage::instant_of(item), hit.at);
    EXPECT_EQ(storage::kind_of(item) == storage::ItemKind::call, hit.call.has_value());
    const string of_item = " FROM search WHERE search MATCH 'chair' AND rowid = " + std::to_string(item);
    EXPECT_EQ(archive.ask("SELECT count(*)" + of_item), "1");
  }
  EXPECT_EQ(archive.ask("SELECT count(*) FROM search_docsize"), "3");
}

}  // namespace
}  // namespace callarchive
