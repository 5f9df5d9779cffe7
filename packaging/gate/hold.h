// The only writer of the order of an application that starts before its user is known, and reads its order itself.
//
//   gate --hold DIRECTORY
//
// It runs outside of the container and outlives the agent. In DIRECTORY, which only root enters, it makes
//
//   io/order   a FIFO; `io` is what the container sees, read-only
//   s          a socket, at which it takes one order
//   reads      while exactly one reader has the FIFO open
//   several    once more than one had it open at a time; it stays, and no order is given any more
//
// It ends when the FIFO is removed. Once it is ready, its standard error is closed. An order is
//
//   offset  size
//        0     4  "PBH1"
//        4     4  length of the document, little endian, at most HOLD_MAX_DOCUMENT
//        8        the document
//
// and the answer 'A' when the application has read all of it, 'R' and a reason as four bytes when none of it was given
// and another try may follow, 'E' and a zero of four bytes when the application read a part of it and no more.
#ifndef PARBAKE_GATE_HOLD_H
#define PARBAKE_GATE_HOLD_H

enum { HOLD_HEADER = 8, HOLD_MAX_DOCUMENT = 8 << 20 };

enum hold_reason {
  HOLD_OK = 0,
  HOLD_MALFORMED = 1,
  HOLD_TOO_LARGE = 2,
  HOLD_INCOMPLETE = 3,
  HOLD_NOBODY_READS = 4,
  HOLD_SEVERAL_READ = 5,
};

__attribute__((noreturn)) void gate_hold(const char *directory);

#endif
