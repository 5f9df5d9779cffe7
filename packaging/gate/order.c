#include "order.h"

static uint32_t little_endian(const unsigned char *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

enum gate_reason gate_parse_header(const unsigned char *header, struct gate_order *order) {
  if (header[0] != 'P' || header[1] != 'B' || header[2] != 'G' || header[3] != '1') return GATE_MALFORMED;
  order->length = little_endian(header + 4);
  order->variables = little_endian(header + 8);
  order->arguments = little_endian(header + 12);
  if (order->length > GATE_MAX_BODY) return GATE_TOO_LARGE;
  if (order->variables > GATE_MAX_STRINGS || order->arguments > GATE_MAX_STRINGS) return GATE_TOO_LARGE;
  if (order->variables + order->arguments > GATE_MAX_STRINGS) return GATE_TOO_LARGE;
  return GATE_OK;
}

// NAME=value with a name.
static int is_variable(const char *text) {
  if (*text == '=' || *text == 0) return 0;
  for (; *text; text++)
    if (*text == '=') return 1;
  return 0;
}

enum gate_reason gate_parse_body(const struct gate_order *order, char *body, char **strings) {
  uint32_t wanted = order->variables + order->arguments;
  uint32_t found = 0;
  uint32_t start = 0;
  for (uint32_t at = 0; at < order->length; at++) {
    if (body[at] != 0) continue;
    if (found == wanted) return GATE_MALFORMED;
    strings[found++] = body + start;
    start = at + 1;
  }
  // Something behind the last NUL, or too few strings.
  if (start != order->length || found != wanted) return GATE_MALFORMED;
  for (uint32_t i = 0; i < order->variables; i++)
    if (!is_variable(strings[i])) return GATE_MALFORMED;
  // A program without a name.
  if (order->arguments > 0 && strings[order->variables][0] == 0) return GATE_MALFORMED;
  return GATE_OK;
}
