#pragma once

#include <string>
#include <string_view>

// Text from outside, made safe to show on a terminal. Control characters could move the cursor or retitle the window,
// and the embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9) could show text in another
// order than it has. Harmless ones are unchanged: the marks between right-to-left and left-to-right text (U+200E,
// U+200F, U+061C), joiners, and the flags of regions, which are written with tag characters (UTS #51, ED-14a).

namespace callarchive {

// Control characters become their pictures (U+2400 …), or U+FFFD where there is none. Misleading characters and bytes
// that are not UTF-8 become U+FFFD. Line ends and tabs become spaces.
std::string harmless(std::string_view text);
// The same, but line ends are unchanged, and carriage returns are left out.
std::string harmless_lines(std::string_view text);

// JSON whose misleading characters are escaped (\u202e), so that its meaning is unchanged. Control characters below
// U+0020 are escaped in JSON anyway; line ends between values are unchanged.
std::string harmless_json(std::string_view json);

}  // namespace callarchive
