// The agent's end of the line: a Unix socket, and what goes over it.
#ifndef PARBAKE_GATE_PEER_H
#define PARBAKE_GATE_PEER_H

#include <stddef.h>
#include <stdint.h>

// Seconds that a peer may take between two pieces of an order, while it keeps others from sending theirs.
enum { GATE_PEER_PATIENCE = 5 };

// The socket has another name until it listens, so that a visible socket always answers.
int gate_listen_at(const char *path);

void gate_limit_patience(int fd);

// Whether all of it came.
int gate_read_all(int fd, void *into, size_t length);

// Whether the peer is still there to be told.
int gate_answer(int fd, char kind, uint32_t number);

#endif
