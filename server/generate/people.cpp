#include "server/generate/people.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace callarchive::generate {
namespace {

constexpr std::string_view kFirstNames[] = {
    "Camille", "Louis", "Zoé",   "Hugo",   "Inès", "Gaël", "Chloé", "Paul",  "Léa",   "Jules",  "Manon",
    "Théo",    "Emma",  "Noah",  "Olivia", "Liam", "Ava",  "James", "Mia",   "Lucas", "Amelia", "Oscar",
    "Grace",   "Henry", "Aïcha", "Mehdi",  "Wei",  "Yuki", "Björn", "Søren", "José",  "Łukasz",
};
constexpr std::string_view kLastNames[] = {
    "Durand",  "Lefèvre", "Moreau", "Garnier", "Petit",    "Roux",  "Faure",  "Mercier", "Blanc",   "Guérin",
    "Smith",   "Jones",   "Taylor", "Brown",   "Wilson",   "Evans", "Thomas", "Johnson", "Roberts", "Walker",
    "O'Brien", "Müller",  "García", "Nguyễn",  "Kowalski", "Rossi", "Silva",  "Ivanov",  "Tanaka",  "Diallo",
};
constexpr std::string_view kTrades[] = {"Toitures",  "Menuiserie", "Electric", "Garden",  "Conseil",
                                        "Logistics", "Immobilier", "Bakery",   "Optique", "Studio"};

template <std::size_t N>
std::string_view pick(const std::string_view (&list)[N], std::uint64_t number) {
  return list[number % N];
}

// French and British mobiles, Americans, and one in fifty that is not an ordinary number.
std::string number_of(std::size_t rank) {
  const std::uint64_t chance = scramble(rank * 2 + 1);
  if (chance % 50 == 0) return std::string(chance % 100 == 0 ? "anonymous" : std::to_string(30'000 + rank % 60'000));
  std::array<char, 32> text{};
  const auto serial = static_cast<unsigned long>(rank);
  switch (chance % 4) {
    case 0: std::snprintf(text.data(), text.size(), "+1415%07lu", 5'550'000 + serial % 4'000'000); break;
    case 1: std::snprintf(text.data(), text.size(), "+447700%06lu", 900'000 - serial % 900'000); break;
    default: std::snprintf(text.data(), text.size(), "+336%08lu", 12'000'000 + serial); break;
  }
  return text.data();
}

}  // namespace

Line own_line(std::size_t index) {
  constexpr std::string_view kNames[kOwnLines] = {"Accueil", "Atelier", "Sales", "Support"};
  constexpr std::string_view kUsers[kOwnLines] = {"ana", "paul", "sam", "noor"};
  const std::size_t i = index % kOwnLines;
  return {.number = "+3318500110" + std::to_string(i),
          .name = std::string(kNames[i]),
          .user_email = std::string(kUsers[i]) + "@atelier-roux.example"};
}

Person person(std::size_t rank) {
  const std::uint64_t chance = scramble(rank);
  const std::string serial = std::to_string(rank);
  Person person{.id = "con_" + std::string(8 - std::min<std::size_t>(serial.size(), 8), '0') + serial,
                .name = std::string(pick(kFirstNames, chance)),
                .last_name = std::string(pick(kLastNames, chance >> 8)),
                .number = number_of(rank),
                .language = (chance >> 16) % 10 < 6 ? Language::french : Language::english};
  if ((chance >> 24) % 3 == 0) person.company = person.last_name + ' ' + std::string(pick(kTrades, chance >> 32));
  person.email = "contact" + serial + "@example.org";
  return person;
}

}  // namespace callarchive::generate
