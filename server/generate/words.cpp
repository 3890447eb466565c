#include "server/generate/words.h"

#include "storage/text/ascii.h"

#include <span>
#include <string_view>

namespace callarchive::generate {
namespace {

constexpr std::string_view kFrench[] = {
    "de",        "la",       "le",          "et",        "les",      "des",      "vous",       "je",
    "est",       "pour",     "un",          "une",       "en",       "que",      "dans",       "nous",
    "pas",       "au",       "sur",         "du",        "avec",     "bonjour",  "oui",        "non",
    "merci",     "alors",    "mais",        "plus",      "bien",     "c'est",    "votre",      "mon",
    "devis",     "cuisine",  "rappeler",    "jeudi",     "lundi",    "demain",   "matin",      "facture",
    "livraison", "commande", "rendez-vous", "adresse",   "numéro",   "client",   "problème",   "école",
    "été",       "déjà",     "très",        "après",     "réponse",  "équipe",   "disponible", "semaine",
    "prochaine", "attendre", "confirmer",   "envoyer",   "recevoir", "paiement", "virement",   "contrat",
    "signature", "dossier",  "assurance",   "chantier",  "fenêtre",  "toiture",  "plombier",   "chauffage",
    "chaudière", "fuite",    "réparation",  "urgence",   "prix",     "remise",   "garantie",   "téléphone",
    "message",   "courriel", "directeur",   "comptable", "banque",   "Noël",     "mardi",      "mercredi",
    "vendredi",  "café",     "garçon",
};
constexpr std::string_view kFrenchStems[] = {
    "chant",     "port",    "march",   "construct", "répar",   "install", "pein",    "décor",  "isol",   "électr",
    "transport", "fabric",  "command", "livr",      "rénov",   "mesur",   "contrôl", "form",   "inform", "organis",
    "prépar",    "présent", "calcul",  "vérifi",    "modifi",  "termin",  "commenc", "gar",    "menuis", "jardin",
    "carrel",    "planch",  "plaqu",   "charpent",  "maçonn",  "couvr",   "assur",   "factur", "négoci", "sign",
    "appel",     "rappel",  "réserv",  "annul",     "confirm", "valid",   "propos",  "adapt",  "ajust",  "compar",
};
constexpr std::string_view kFrenchEndings[] = {
    "er",       "ation",    "eur",    "age",   "ement",   "é",     "ée",     "és",      "ées",    "able",  "ant",
    "ait",      "ons",      "ez",     "erai",  "erons",   "ateur", "atrice", "euse",    "ette",   "ier",   "ière",
    "ure",      "oir",      "iste",   "if",    "ive",     "ique",  "erie",   "eraient", "ations", "eurs",  "ages",
    "ements",   "ables",    "ants",   "aient", "assions", "eriez", "erions", "ateurs",  "euses",  "ettes", "iers",
    "ières",    "ures",     "oirs",   "istes", "ifs",     "ives",  "iques",  "eries",   "erez",   "erais", "as",
    "a",        "es",       "ent",    "âmes",  "èrent",   "ât",    "ions",   "iez",     "ais",    "antes", "ante",
    "ables-là", "ement-là", "age-là", "oires", "oire",    "esse",  "esses",  "itude",   "itudes", "isme",  "ismes",
    "aison",    "aisons",   "ance",   "ances", "ure-là",  "eau",   "eaux",   "el",      "elle",   "els",   "elles",
    "al",       "aux",      "ale",    "ales",  "ade",     "ades",  "ard",    "arde",    "et",     "ets",   "in",
};
constexpr std::string_view kEnglish[] = {
    "the",        "to",        "and",       "a",        "of",          "you",     "I",        "is",        "for",
    "in",         "we",        "it",        "that",     "on",          "can",     "your",     "have",      "with",
    "be",         "are",       "this",      "hello",    "yes",         "no",      "thanks",   "so",        "but",
    "more",       "well",      "call",      "back",     "quote",       "kitchen", "Thursday", "Monday",    "tomorrow",
    "morning",    "invoice",   "delivery",  "order",    "appointment", "address", "number",   "customer",  "problem",
    "school",     "summer",    "already",   "very",     "after",       "answer",  "team",     "available", "week",
    "next",       "wait",      "confirm",   "send",     "receive",     "payment", "transfer", "contract",  "signature",
    "file",       "insurance", "site",      "window",   "roof",        "plumber", "heating",  "boiler",    "leak",
    "repair",     "urgent",    "price",     "discount", "warranty",    "phone",   "message",  "email",     "director",
    "accountant", "bank",      "Christmas", "Tuesday",  "Wednesday",   "Friday",  "coffee",   "don't",     "we'll",
};
constexpr std::string_view kEnglishStems[] = {
    "build",  "paint",  "deliver", "order",   "repair",  "install", "measure", "transport", "organis", "present",
    "check",  "modif",  "finish",  "start",   "garden",  "tile",    "floor",   "roof",      "cover",   "invoic",
    "sign",   "call",   "book",    "cancel",  "confirm", "offer",   "adapt",   "adjust",    "compar",  "insur",
    "train",  "inform", "plan",    "design",  "decorat", "heat",    "clean",   "mend",      "support", "report",
    "record", "search", "answer",  "schedul", "connect", "protect", "collect", "select",    "direct",  "respond",
};
constexpr std::string_view kEnglishEndings[] = {
    "ed",     "ing",   "er",    "s",      "able",  "ment",  "ation",  "or",     "ers",   "ments", "ations", "ors",
    "ive",    "ively", "ly",    "ness",   "less",  "ful",   "fully",  "ity",    "ance",  "ances", "ant",    "ants",
    "ent",    "ents",  "ence",  "ences",  "ist",   "ists",  "ism",    "ise",    "ised",  "ises",  "ising",  "age",
    "ages",   "al",    "ally",  "ial",    "ic",    "ics",   "ical",   "ically", "ish",   "y",     "ies",    "ier",
    "iest",   "ship",  "ships", "hood",   "hoods", "dom",   "ward",   "wards",  "wise",  "like",  "free",   "proof",
    "worthy", "work",  "works", "man",    "men",   "house", "houses", "line",   "lines", "time",  "times",  "side",
    "sides",  "end",   "ends",  "off",    "offs",  "out",   "outs",   "up",     "ups",   "down",  "downs",  "over",
    "overs",  "in",    "ins",   "on",     "by",    "away",  "back",   "backs",  "shop",  "shops", "yard",   "yards",
    "room",   "rooms", "table", "tables",
};

struct Parts {
  std::span<const std::string_view> common;
  std::span<const std::string_view> stems;
  std::span<const std::string_view> endings;
};

Parts parts_of(Language language) {
  if (language == Language::french) return {kFrench, kFrenchStems, kFrenchEndings};
  return {kEnglish, kEnglishStems, kEnglishEndings};
}

}  // namespace

std::string word(Language language, std::size_t rank) {
  const Parts parts = parts_of(language);
  if (rank < parts.common.size()) return std::string(parts.common[rank]);
  const std::size_t rare = rank - parts.common.size();
  const auto stem = parts.stems[rare % parts.stems.size()];
  const auto ending = parts.endings[rare / parts.stems.size() % parts.endings.size()];
  return std::string(stem).append(ending);
}

std::string sentence(Language language, const Zipf& ranks, Random& random) {
  const auto length = static_cast<std::size_t>(random.between(30, 120));
  std::string text = word(language, ranks.rank(random));
  text.front() = ascii::upper(text.front());
  while (text.size() < length) {
    text += random.chance(8) ? ", " : " ";
    text += word(language, ranks.rank(random));
  }
  return text + (random.chance(15) ? "?" : ".");
}

}  // namespace callarchive::generate
