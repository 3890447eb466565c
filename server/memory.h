#pragma once

// How the process takes memory from the system and returns it. docs/security.md has measurements.

namespace callarchive {

// Sets the policy for the whole process. To be called before threads are started; further calls have no effect.
void set_memory_policy();

// Returns unused memory of the heap to the system. Takes some milliseconds after a large body. Any thread.
void give_memory_back();

}  // namespace callarchive
