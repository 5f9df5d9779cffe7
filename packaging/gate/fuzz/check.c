// Reads frames from standard input, each behind its length as four bytes (little endian), and prints what the parser
// makes of each: the reason's number, or "ok" and the strings. Built with sanitizers, it is the parser's fuzzing target.
#include "../order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const unsigned char *frame, uint32_t size) {
  struct gate_order order;
  // Exactly as large as what is read, so that a sanitizer sees every step beyond it.
  unsigned char *header = malloc(GATE_HEADER);
  enum gate_reason reason = GATE_INCOMPLETE;
  if (size >= GATE_HEADER) {
    memcpy(header, frame, GATE_HEADER);
    reason = gate_parse_header(header, &order);
  }
  free(header);
  if (reason == GATE_OK && size - GATE_HEADER < order.length) reason = GATE_INCOMPLETE;
  if (reason != GATE_OK) {
    printf("%d\n", reason);
    return;
  }
  char *body = malloc(order.length ? order.length : 1);
  memcpy(body, frame + GATE_HEADER, order.length);
  uint32_t count = order.variables + order.arguments;
  char **strings = malloc((count ? count : 1) * sizeof *strings);
  reason = gate_parse_body(&order, body, strings);
  if (reason != GATE_OK) printf("%d\n", reason);
  else {
    unsigned long total = 0;
    for (uint32_t i = 0; i < count; i++) total += strlen(strings[i]) + 1;
    printf("ok %u %lu\n", count, total);
  }
  free(strings);
  free(body);
}

int main(void) {
  unsigned char length[4];
  while (fread(length, 1, 4, stdin) == 4) {
    uint32_t size = (uint32_t)length[0] | (uint32_t)length[1] << 8 | (uint32_t)length[2] << 16 |
                    (uint32_t)length[3] << 24;
    unsigned char *frame = malloc(size ? size : 1);
    if (fread(frame, 1, size, stdin) != size) return 1;
    check(frame, size);
    free(frame);
  }
  return 0;
}
