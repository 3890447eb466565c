#pragma once

#include "storage/records.h"

// The texts of enumerations, as they are in tables and answers. An unknown text reads as webhook or noted.

namespace callarchive {

inline const char* to_text(Origin origin) {
  switch (origin) {
    case Origin::webhook: return "webhook";
    case Origin::import: return "import";
    case Origin::backfill: return "backfill";
  }
  return "webhook";
}

inline Origin origin_from(const string& text) {
  if (text == "import") return Origin::import;
  if (text == "backfill") return Origin::backfill;
  return Origin::webhook;
}

inline const char* to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied: return "applied";
    case Outcome::noted: return "noted";
    case Outcome::quarantined: return "quarantined";
  }
  return "noted";
}

inline Outcome outcome_from(const string& text) {
  if (text == "applied") return Outcome::applied;
  if (text == "quarantined") return Outcome::quarantined;
  return Outcome::noted;
}

}  // namespace callarchive
