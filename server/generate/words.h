#pragma once

#include "server/generate/random.h"

#include <cstddef>
#include <string>

namespace callarchive::generate {

enum class Language { french, english };

// The number of words of each language: the common ones are real, the rare ones are made of real parts.
constexpr std::size_t kVocabulary = 5000;

std::string word(Language language, std::size_t rank);

// Words by their frequency, about 75 characters, with a capital and a full stop.
std::string sentence(Language language, const Zipf& ranks, Random& random);

}  // namespace callarchive::generate
