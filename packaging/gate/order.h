// The order: one frame that the agent sends to a waiting gate. All numbers are little endian.
//
//   offset  size
//        0     4  "PBG1"
//        4     4  length of the body, at most GATE_MAX_BODY
//        8     4  number of variables
//       12     4  number of arguments; 0 keeps the command of the command line
//       16        body: every variable (NAME=value), then every argument, each with a NUL behind it
#ifndef PARBAKE_GATE_ORDER_H
#define PARBAKE_GATE_ORDER_H

#include <stdint.h>

enum { GATE_HEADER = 16, GATE_MAX_BODY = 1 << 20, GATE_MAX_STRINGS = 4096 };

// Why an order is not taken; sent behind an 'R'.
enum gate_reason {
  GATE_OK = 0,
  GATE_MALFORMED = 1,
  GATE_TOO_LARGE = 2,
  GATE_INCOMPLETE = 3,
  GATE_NO_ROOM = 4,
};

struct gate_order {
  uint32_t length;
  uint32_t variables;
  uint32_t arguments;
};

// Reads a header of GATE_HEADER bytes.
enum gate_reason gate_parse_header(const unsigned char *header, struct gate_order *order);

// Finds the strings of a body of order->length bytes: `strings` has room for all of them, and points into `body`.
enum gate_reason gate_parse_body(const struct gate_order *order, char *body, char **strings);

#endif
