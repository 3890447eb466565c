#include "storage/items/withheld_callers.h"

#include <algorithm>
#include <string>

namespace callarchive::storage {
namespace {

// Where the words come from:
//   * SIP: RFC 3323, 4.1.1.3 ("Anonymous" <sip:anonymous@anonymous.invalid>), 3GPP TS 24.229 and 29.163 (Unavailable,
//     unknown@unknown.invalid) and the names that ITU-T Q.731 and 3GPP TS 24.607 give to the presentation indicator:
//     restricted, unavailable.
//   * North American caller ID: Bellcore GR-188/GR-1188, "Private" and "Out of area", with "Name" or "Caller" as
//     telephone displays add it.
//   * Exchanges: Asterisk's CALLERID(pres) (prohib…, unavailable), FreeSWITCH's origination_privacy and the texts
//     "Anonymous", "Withheld", "Blocked", "Restricted" of Cisco's and Avaya's.
//   * Handsets in the languages of the vendor's markets (English, French, German, Spanish, Italian, Portuguese, Dutch;
//     and of their neighbours): what iOS ("No Caller ID", "Appel masqué", "Keine Anrufer-ID" …), Android's Telephony
//     ("Private number", "Numéro privé" …), Samsung's, Fritz!Box's and common DECT telephones display.
//   * Keypads: 266696687 spells ANONYMOUS, 7378742833 RESTRICTED, 2562533 BLOCKED, as some carriers send them.
constexpr std::string_view kWithheld[] = {
    // English
    "anonymous",
    "anonymous caller",
    "anonymous call",
    "anonymous number",
    "restricted",
    "restricted number",
    "restricted caller",
    "restricted call",
    "private",
    "private number",
    "private caller",
    "private call",
    "private name",
    "withheld",
    "withheld number",
    "number withheld",
    "caller withheld",
    "caller id withheld",
    "id withheld",
    "blocked",
    "blocked number",
    "blocked caller",
    "blocked call",
    "caller id blocked",
    "hidden",
    "hidden number",
    "hidden caller",
    "no caller id",
    "caller id hidden",
    "unknown caller",
    "unknown number",
    "unknown caller id",
    "number not disclosed",
    "undisclosed",
    "suppressed",
    "secret",
    "secret number",
    "presentation restricted",
    "prohib",
    "prohib not screened",
    "confidential",
    // French
    "anonyme",
    "appel anonyme",
    "appelant anonyme",
    "numéro anonyme",
    "masqué",
    "numéro masqué",
    "appel masqué",
    "appelant masqué",
    "identité masquée",
    "caché",
    "numéro caché",
    "appel caché",
    "privé",
    "numéro privé",
    "appel privé",
    "appelant privé",
    "appelant inconnu",
    "numéro inconnu",
    "appel inconnu",
    "numéro secret",
    "confidentiel",
    "numéro confidentiel",
    "nom confidentiel",
    "numéro non communiqué",
    "non communiqué",
    "numéro restreint",
    "aucun numéro",
    "pas de numéro",
    "sans numéro",
    "identité restreinte",
    // German
    "anonym",
    "anonymer anruf",
    "anonymer anrufer",
    "unterdrückt",
    "nummer unterdrückt",
    "rufnummer unterdrückt",
    "rufnummernunterdrückung",
    "unterdrückte nummer",
    "unterdrückte rufnummer",
    "unbekannter anrufer",
    "unbekannte nummer",
    "unbekannte rufnummer",
    "privat",
    "private nummer",
    "private rufnummer",
    "privater anruf",
    "privater anrufer",
    "geheim",
    "verborgen",
    "verborgene nummer",
    "keine anrufer-id",
    "keine anruferkennung",
    "keine nummer",
    "keine rufnummer",
    "ohne rufnummer",
    // Spanish and Catalan
    "anónimo",
    "anonimo",
    "llamada anónima",
    "número anónimo",
    "oculto",
    "número oculto",
    "llamada oculta",
    "privado",
    "número privado",
    "llamada privada",
    "número desconocido",
    "llamada desconocida",
    "restringido",
    "número restringido",
    "sin identificar",
    "sin identificador",
    "sin identificación",
    "sin id de llamada",
    "sin número",
    "llamada sin identificar",
    "no identificado",
    "identidad oculta",
    "confidencial",
    "número ocult",
    "número privat",
    // Italian
    "anonima",
    "chiamata anonima",
    "chiamante anonimo",
    "numero anonimo",
    "privato",
    "numero privato",
    "chiamata privata",
    "nascosto",
    "numero nascosto",
    "riservato",
    "numero riservato",
    "numero sconosciuto",
    "chiamante sconosciuto",
    "nessun id chiamante",
    "id chiamante nascosto",
    "numero non disponibile per scelta del chiamante",
    // Portuguese
    "anônimo",
    "chamada anónima",
    "chamada anônima",
    "número anônimo",
    "número confidencial",
    "número restrito",
    "restrito",
    "privada",
    "chamada privada",
    "número desconhecido",
    "não identificado",
    "chamada não identificada",
    "número não identificado",
    "sem identificação",
    "sem identificador de chamada",
    "sem id de chamada",
    "sem número",
    // Dutch
    "anoniem",
    "anonieme beller",
    "anonieme oproep",
    "anoniem nummer",
    "afgeschermd",
    "afgeschermd nummer",
    "verborgen nummer",
    "geheim nummer",
    "privénummer",
    "privé nummer",
    "privé-nummer",
    "onbekende beller",
    "onbekend nummer",
    "geen beller-id",
    "geen nummerweergave",
    "nummer onderdrukt",
    // Swedish, Danish, Norwegian, Finnish
    "hemligt nummer",
    "dolt nummer",
    "skyddat nummer",
    "privat nummer",
    "okänd uppringare",
    "okänt nummer",
    "inget nummer-id",
    "hemmeligt nummer",
    "skjult nummer",
    "ukendt nummer",
    "ukendt opkalder",
    "hemmelig nummer",
    "ukjent nummer",
    "ukjent anroper",
    "ingen anroper-id",
    "salainen numero",
    "tuntematon numero",
    "tuntematon soittaja",
    "yksityinen numero",
    // Polish, Czech, Romanian, Turkish, Greek, Russian, Ukrainian
    "anonimowy",
    "numer zastrzeżony",
    "zastrzeżony",
    "numer prywatny",
    "numer ukryty",
    "nieznany numer",
    "numer nieznany",
    "skryté číslo",
    "soukromé číslo",
    "neznámé číslo",
    "număr ascuns",
    "număr privat",
    "număr necunoscut",
    "gizli numara",
    "özel numara",
    "bilinmeyen numara",
    "απόκρυψη",
    "απόρρητος",
    "άγνωστος αριθμός",
    "номер скрыт",
    "скрытый номер",
    "скрыт",
    "неизвестный номер",
    "частный номер",
    "прихований номер",
    "невідомий номер",
    // Arabic, Hebrew, Japanese, Chinese
    "رقم خاص",
    "رقم مخفي",
    "بدون رقم",
    "מספר חסוי",
    "חסוי",
    "非通知",
    "非通知設定",
    "発信者番号非通知",
    "匿名",
    "私人号码",
    "未知来电",
    "未顯示號碼",
};

// The same, spelled on the keypad. As numbers they are impossible.
constexpr std::string_view kWithheldOnKeypad[] = {"266696687",   "+266696687", "7378742833",
                                                  "+7378742833", "2562533",    "+2562533"};

// Hosts of addresses that stand for nobody: RFC 3323 and 3GPP TS 24.229.
constexpr std::string_view kWithheldHosts[] = {"@anonymous.invalid", "@anonymous.localhost", "@private.invalid",
                                               "@restricted.invalid"};

constexpr std::string_view kUnavailable[] = {
    "unknown",          "unavailable",     "not available", "number unavailable",
    "out of area",      "out-of-area",     "no number",     "payphone",
    "pay phone",        "inconnu",         "indisponible",  "non disponible",
    "unbekannt",        "nicht verfügbar", "desconocido",   "no disponible",
    "sconosciuto",      "desconhecido",    "indisponível",  "onbekend",
    "niet beschikbaar", "okänd",           "ukendt",        "ukjent",
    "tuntematon",       "nieznany",        "неизвестно",    "неизвестный",
};

template <typename Words>
bool is_among(const Words& words, std::string_view text) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// "<no caller id>" and "(private)", without dots at the end and with blanks for what joins words in identifiers.
std::string bare_words(std::string_view text) {
  constexpr std::string_view kAround = "<>()[]\"'*. ";
  const auto first = text.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  std::string words(text.substr(first, text.find_last_not_of(kAround) - first + 1));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace

bool is_withheld(std::string_view folded) {
  if (is_among(kWithheldOnKeypad, folded)) return true;
  const bool address = std::any_of(std::begin(kWithheldHosts), std::end(kWithheldHosts),
                                   [&](std::string_view host) { return folded.ends_with(host); });
  if (address) return true;
  std::string words = bare_words(folded);
  if (is_among(kWithheld, words)) return true;
  std::replace(words.begin(), words.end(), '-', ' ');
  return is_among(kWithheld, words);
}

bool is_unavailable(std::string_view folded) { return is_among(kUnavailable, bare_words(folded)); }

}  // namespace callarchive::storage
