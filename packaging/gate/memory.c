// A compiler may call these by itself, also where there is no C library: for aarch64 it does.
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  for (size_t at = 0; at < size; at++) ((char *)to)[at] = ((const char *)from)[at];
  return to;
}

void *memset(void *to, int value, size_t size) {
  for (size_t at = 0; at < size; at++) ((char *)to)[at] = (char)value;
  return to;
}
