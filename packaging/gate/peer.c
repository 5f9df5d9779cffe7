#include "peer.h"
#include "say.h"
#include "system.h"

enum { BACKLOG = 8 };

int gate_listen_at(const char *path) {
  struct unix_address address = {AF_UNIX_, {0}};
  size_t length = gate_length_of(path);
  if (length + 1 >= sizeof address.path) gate_fail("listen: the socket's path is too long", -E_NAMETOOLONG);
  for (size_t i = 0; i < length; i++) address.path[i] = path[i];
  address.path[length] = '~';
  long fd = CALL3(SYS_socket, AF_UNIX_, SOCK_STREAM_ | SOCK_CLOEXEC_, 0);
  if (fd < 0) gate_fail("make a socket", fd);
  // Left behind by a gate that was killed; anything else shows at bind.
  CALL3(SYS_unlinkat, AT_HERE, address.path, 0);
  long mask = CALL1(SYS_umask, 0177);
  long result = CALL3(SYS_bind, fd, &address, sizeof address);
  if (result < 0) gate_fail("bind the socket", result);
  CALL1(SYS_umask, mask);
  result = CALL2(SYS_listen, fd, BACKLOG);
  if (result < 0) gate_fail("listen", result);
  result = CALL4(SYS_renameat, AT_HERE, address.path, AT_HERE, path);
  if (result < 0) gate_fail("name the socket", result);
  return (int)fd;
}

void gate_limit_patience(int fd) {
  const struct time_value patience = {GATE_PEER_PATIENCE, 0};
  CALL5(SYS_setsockopt, fd, SOL_SOCKET_, SO_RCVTIMEO_, &patience, sizeof patience);
}

int gate_read_all(int fd, void *into, size_t length) {
  for (size_t done = 0; done < length;) {
    long got = CALL3(SYS_read, fd, (char *)into + done, length - done);
    if (got == -E_INTR) continue;
    if (got <= 0) return 0;
    done += (size_t)got;
  }
  return 1;
}

int gate_answer(int fd, char kind, uint32_t number) {
  unsigned char bytes[5] = {(unsigned char)kind, number & 255, number >> 8 & 255, number >> 16 & 255, number >> 24};
  size_t length = kind == 'A' ? 1 : sizeof bytes;
  return CALL6(SYS_sendto, fd, bytes, length, MSG_NOSIGNAL_, 0, 0) == (long)length;
}
