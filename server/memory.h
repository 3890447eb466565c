#pragma once

// How the process takes memory from the system and gives it back. What each setting is worth is measured in
// docs/security.md.

namespace callarchive {

// Sets the policy for the whole process. To be called before threads are started; again it changes nothing.
void set_memory_policy();

// Gives what the heap holds and nobody uses back to the system. Costs some milliseconds after a large body. Any thread.
void give_memory_back();

}  // namespace callarchive
