#pragma once

#include <string>
#include <string_view>

// The text of telephone numbers, as far as it does not depend on a numbering plan.

namespace callarchive::storage {

// The text in Unicode's form NFKC, with digits, spaces, dashes, plus signs and brackets of every script in ASCII,
// without invisible characters (marks of direction, zero-width and other default-ignorable characters), without spaces
// around it and with single spaces inside. Bytes that are not UTF-8 become U+FFFD.
std::string plain_text(std::string_view text);

// The text in lower case, in any script: equal for all its spellings in upper and lower case.
std::string folded_case(std::string_view plain);
// The same in capitals.
std::string in_capitals(std::string_view plain);

// Whether the text contains a letter of any script.
bool has_letter(std::string_view plain);

// What is left of an address without its scheme (tel:, sip:, sips:, whatsapp:, sms:, callto: …), the name and brackets
// around it ("Ann" <sip:…>), the host where the part before it is a telephone number, and what follows the number: an
// extension (ext. 4, ;ext=4, x4, #4, poste 4), parameters, and the pauses and keys that a handset dials after it.
std::string without_decoration(std::string_view plain);

// The digits of a text, with a '+', '*' or '#' where it has one.
std::string dialled_keys(std::string_view plain);

// The digits of a text whose words are dialed on the letters of the keypad (ITU-T E.161), such as 1-800-FLOWERS: three
// digits or more, then groups of letters and digits. Empty if the text is not of this form.
std::string keypad_digits(std::string_view plain);

// Whether the digits are grouped so that the first group is `prefix`, or not grouped at all.
bool is_grouped_after(std::string_view plain, std::string_view prefix);
// The first group of digits, a space, and the other digits.
std::string first_group_apart(std::string_view plain);

}  // namespace callarchive::storage
