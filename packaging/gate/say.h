// What every mode of the gate needs without a C library: texts, messages, and an end.
#ifndef PARBAKE_GATE_SAY_H
#define PARBAKE_GATE_SAY_H

#include <stddef.h>

// Exit code of a gate that is called wrongly, or whose system does not let it wait.
enum { GATE_EXIT_USAGE = 125 };

size_t gate_length_of(const char *text);
int gate_is_same(const char *a, const char *b);

__attribute__((noreturn)) void gate_leave(int code);

// Both write to standard error.
void gate_say(const char *text);
void gate_say_number(unsigned long value);

// Leaves with "cannot `what`: error N". @param result what the kernel returned, negative
__attribute__((noreturn)) void gate_fail(const char *what, long result);

#endif
