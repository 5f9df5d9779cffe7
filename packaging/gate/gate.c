// First process of a prepared container: waits at a Unix socket for one order, and becomes the container's own command.
//
//   gate SOCKET -- COMMAND [ARG...]            waits
//   gate --health SOCKET -- COMMAND [ARG...]   succeeds while another gate waits at SOCKET, then becomes COMMAND
//   gate --metadata                            asks the metadata service; metadata.h says what it exits with
//   gate --hold DIRECTORY                      outside of containers: writes the order of an application; see hold.h
//
// Answers on the connection: 'A' when the order is taken (the end of the stream then says that the command runs), and
// behind it 'E' and a number when the command cannot be executed; 'R' and a reason when nothing was done with the order
// and the gate goes on waiting. See order.h for the order.
#include "hold.h"
#include "metadata.h"
#include "order.h"
#include "peer.h"
#include "say.h"
#include "system.h"

GATE_START;

enum {
  EXIT_CANNOT_EXECUTE = 126,
  EXIT_NOT_FOUND = 127,
  LAST_SIGNAL = 64,
};

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static unsigned char header[GATE_HEADER];
static char body[GATE_MAX_BODY];
static char *strings[GATE_MAX_STRINGS + 1];
static char *environment[2 * GATE_MAX_STRINGS + 1];
static char candidate[4096];

static void end_at_signal(int number) { gate_leave(128 + number); }

// Never called: end_at_signal does not return. x86_64 wants one all the same.
static void never(void) {}

// A first process ignores what it has no handler for, also when it is told to stop: so every signal that would end
// another process ends this one. What was ignored stays so, and execve puts back what is handled.
static void end_at_signals(void) {
  // Bits of ILL TRAP BUS FPE KILL SEGV PIPE CHLD CONT STOP TSTP TTIN TTOU URG SYS: defects, job control, and what
  // nobody stops a container with.
  const uint64_t left_alone = 1ull << 4 | 1ull << 5 | 1ull << 7 | 1ull << 8 | 1ull << 9 | 1ull << 11 | 1ull << 13 |
                              1ull << 17 | 1ull << 18 | 1ull << 19 | 1ull << 20 | 1ull << 21 | 1ull << 22 |
                              1ull << 23 | 1ull << 31;
  const unsigned long has_restorer = 0x04000000;
  struct signal_action ends = {end_at_signal, has_restorer, never, 0};
  for (int number = 1; number <= LAST_SIGNAL; number++) {
    if (number < 64 && (left_alone >> number & 1)) continue;
    struct signal_action before = {0, 0, 0, 0};
    CALL4(SYS_rt_sigaction, number, 0, &before, sizeof before.mask);
    const int is_ignored = (uintptr_t)before.handler == 1;
    if (!is_ignored) CALL4(SYS_rt_sigaction, number, &ends, 0, sizeof ends.mask);
  }
}

// Nothing that was open before us, but the three standard ones, gets into the command.
static void close_others_at_exec(void) {
  if (CALL3(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC_) == 0) return;
  for (int fd = 3; fd < 1024; fd++) CALL3(SYS_fcntl, fd, F_SETFD_, FD_CLOEXEC_);
}

// Refuses an order, and reads what else the peer sends: a connection that is closed over unread bytes is reset, and the
// peer would learn that before it learns why.
static void refuse(int fd, enum gate_reason reason) {
  gate_answer(fd, 'R', reason);
  CALL2(SYS_shutdown, fd, SHUT_WR_);
  size_t most = 2 * sizeof body;
  for (size_t total = 0; total < most;) {
    long got = CALL3(SYS_read, fd, body, sizeof body);
    if (got <= 0 && got != -E_INTR) return;
    if (got > 0) total += (size_t)got;
  }
}

static enum gate_reason receive(int fd, struct gate_order *order) {
  if (!gate_read_all(fd, header, sizeof header)) return GATE_INCOMPLETE;
  enum gate_reason reason = gate_parse_header(header, order);
  if (reason != GATE_OK) return reason;
  if (!gate_read_all(fd, body, order->length)) return GATE_INCOMPLETE;
  return gate_parse_body(order, body, strings);
}

static int has_name_of(const char *entry, const char *variable) {
  while (*entry && *entry != '=' && *entry == *variable) entry++, variable++;
  return *entry == '=' && *variable == '=';
}

// Replaces the variable of the same name, or appends it. Returns the new count; 0 when the table is full.
static size_t put(size_t count, char *variable) {
  for (size_t i = 0; i < count; i++)
    if (has_name_of(environment[i], variable)) {
      environment[i] = variable;
      return count;
    }
  if (count == sizeof environment / sizeof *environment - 1) return 0;
  environment[count] = variable;
  return count + 1;
}

// The container's own environment with the order's over it.
static enum gate_reason merge(char **own, const struct gate_order *order) {
  size_t count = 0;
  for (; *own; own++)
    if (!(count = put(count, *own))) return GATE_NO_ROOM;
  for (uint32_t i = 0; i < order->variables; i++)
    if (!(count = put(count, strings[i]))) return GATE_NO_ROOM;
  environment[count] = 0;
  return GATE_OK;
}

static const char *path_of(char **env) {
  for (; *env; env++)
    if (has_name_of("PATH=", *env)) return *env + 5;
  return default_path;
}

static int has_slash(const char *text) {
  while (*text && *text != '/') text++;
  return *text == '/';
}

// Becomes the command, looked for as Docker does. Returns only when that failed, with why, as a positive number.
static int become(char **args, char **env) {
  const char *name = args[0];
  if (has_slash(name)) return (int)-CALL3(SYS_execve, name, args, env);
  int error = E_NOENT;
  size_t name_length = gate_length_of(name);
  for (const char *at = path_of(env);; at++) {
    size_t length = 0;
    while (at[length] && at[length] != ':') length++;
    if (name_length > 0 && length + name_length + 2 <= sizeof candidate) {
      size_t to = 0;
      for (; to < length; to++) candidate[to] = at[to];
      // An empty entry is the working directory.
      if (length > 0) candidate[to++] = '/';
      for (size_t i = 0; i <= name_length; i++) candidate[to++] = name[i];
      int result = (int)-CALL3(SYS_execve, candidate, args, env);
      // Somewhere else there may be one that can be executed; that this one cannot is the better reason.
      if (result == E_ACCES) error = E_ACCES;
      else if (result != E_NOENT && result != E_NOTDIR) return result;
    }
    at += length;
    if (!*at) return error;
  }
}

static __attribute__((noreturn)) void cannot_execute(const char *name, int error) {
  gate_say("parbake gate: cannot execute ");
  gate_say(name);
  gate_say(": error ");
  gate_say_number((unsigned long)error);
  gate_say("\n");
  gate_leave(error == E_NOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
}

// Serves one peer. Returns when the gate has to go on waiting.
static void serve(int listener, int peer, const char *path, char **command, char **own) {
  gate_limit_patience(peer);
  struct gate_order order;
  enum gate_reason reason = receive(peer, &order);
  if (reason == GATE_OK) reason = merge(own, &order);
  if (reason != GATE_OK) {
    refuse(peer, reason);
    return;
  }
  // An order counts only if its sender is still there to be told.
  if (!gate_answer(peer, 'A', 0)) return;
  CALL3(SYS_unlinkat, AT_HERE, path, 0);
  CALL1(SYS_close, listener);
  strings[order.variables + order.arguments] = 0;
  char **args = order.arguments > 0 ? strings + order.variables : command;
  int error = become(args, environment);
  gate_answer(peer, 'E', (uint32_t)error);
  cannot_execute(args[0], error);
}

static __attribute__((noreturn)) void wait_for_order(const char *path, char **command, char **own) {
  end_at_signals();
  close_others_at_exec();
  int listener = gate_listen_at(path);
  for (;;) {
    long peer = CALL4(SYS_accept4, listener, 0, 0, SOCK_CLOEXEC_);
    if (peer == -E_INTR || peer == -E_CONNABORTED) continue;
    if (peer < 0) gate_fail("accept", peer);
    serve(listener, (int)peer, path, command, own);
    CALL1(SYS_close, peer);
    // The agent removes the socket before it sends an order. When that order did not come whole, no other can follow.
    long found = CALL3(SYS_faccessat, AT_HERE, path, 0);
    if (found < 0) gate_fail("wait: its socket was removed", found);
  }
}

static __attribute__((noreturn)) void usage(void) {
  gate_say("usage: gate [--health] SOCKET -- COMMAND [ARG...]\n       gate --metadata\n       gate --hold DIRECTORY\n");
  gate_leave(GATE_EXIT_USAGE);
}

// `stack` is what the kernel left there: argc, argv with a 0 behind it, the environment with a 0 behind it.
__attribute__((noreturn, used)) void gate_start(long *stack) {
  long argc = *stack;
  char **argv = (char **)(stack + 1);
  char **env = argv + argc + 1;
  if (argc == 2 && gate_is_same(argv[1], "--metadata")) gate_leave(gate_ask_metadata());
  if (argc == 3 && gate_is_same(argv[1], "--hold")) gate_hold(argv[2]);
  int is_health = argc > 1 && gate_is_same(argv[1], "--health");
  char **rest = argv + 1 + is_health;
  if (argc < 4 + is_health || !gate_is_same(rest[1], "--")) usage();
  char **command = rest + 2;
  if (!is_health) wait_for_order(rest[0], command, env);
  if (CALL3(SYS_faccessat, AT_HERE, rest[0], 0) == 0) gate_leave(0);
  cannot_execute(command[0], become(command, env));
}
