#include "say.h"
#include "system.h"

size_t gate_length_of(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int gate_is_same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

__attribute__((noreturn)) void gate_leave(int code) {
  for (;;) CALL1(SYS_exit_group, code);
}

void gate_say(const char *text) { CALL3(SYS_write, 2, text, gate_length_of(text)); }

void gate_say_number(unsigned long value) {
  char digits[20];
  size_t at = sizeof digits;
  digits[--at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while ((value /= 10) && at > 0);
  gate_say(digits + at);
}

__attribute__((noreturn)) void gate_fail(const char *what, long result) {
  gate_say("parbake gate: cannot ");
  gate_say(what);
  gate_say(": error ");
  gate_say_number((unsigned long)-result);
  gate_say("\n");
  gate_leave(GATE_EXIT_USAGE);
}
