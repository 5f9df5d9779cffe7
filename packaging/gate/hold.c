#include "hold.h"
#include "peer.h"
#include "say.h"
#include "system.h"

enum {
  // Milliseconds between two looks at a reader that does not move, and how many of them it may take.
  LOOK = 10,
  MAX_LOOKS = 500,
};

static const char shown[] = "io";
static const char fifo[] = "io/order";
static const char reads[] = "reads";
static const char several[] = "several";

static struct {
  // The descriptor that was opened before the container started. The path is never opened again.
  int order;
  int events;
  int order_watch;
  uint32_t readers;
  int is_marked;
  int had_several;
  int is_several_marked;
  int is_removed;
} hold;

static long checked(const char *what, long result) {
  if (result < 0) gate_fail(what, result);
  return result;
}

// A reader of its own, for a moment, keeps the open of the writer from waiting for one.
static void make_fifo(void) {
  checked("make the FIFO", CALL4(SYS_mknodat, AT_HERE, fifo, S_IFIFO_ | 0600, 0));
  long reader = checked("open the FIFO", CALL4(SYS_openat, AT_HERE, fifo, O_RDONLY_ | O_NONBLOCK_ | O_CLOEXEC_, 0));
  hold.order =
      (int)checked("open the FIFO", CALL4(SYS_openat, AT_HERE, fifo, O_WRONLY_ | O_NONBLOCK_ | O_CLOEXEC_, 0));
  CALL1(SYS_close, reader);
  // The image's user, whoever it is, must be able to read it.
  checked("share the FIFO", CALL2(SYS_fchmod, hold.order, 0444));
}

// Both the FIFO and its directory are watched: the kernel merges two equal events in a row, and so those of two readers
// that open it at once have another between them.
static void watch(void) {
  hold.events = (int)checked("watch the FIFO", CALL1(SYS_inotify_init1, O_NONBLOCK_ | O_CLOEXEC_));
  const uint32_t place = IN_OPEN_ | IN_CLOSE_ | IN_DELETE_ | IN_DELETE_SELF_;
  checked("watch the FIFO", CALL3(SYS_inotify_add_watch, hold.events, shown, place));
  const uint32_t use = IN_OPEN_ | IN_CLOSE_ | IN_ACCESS_;
  hold.order_watch = (int)checked("watch the FIFO", CALL3(SYS_inotify_add_watch, hold.events, fifo, use));
}

static int has_reader(void) {
  const struct time_spec now = {0, 0};
  struct poll_entry writer = {hold.order, 0, 0};
  CALL5(SYS_ppoll, &writer, 1, &now, 0, 0);
  return !(writer.found & POLLERR_);
}

static void mark(const char *name) {
  long fd = CALL4(SYS_openat, AT_HERE, name, O_WRONLY_ | O_CREAT_ | O_CLOEXEC_, 0600);
  if (fd >= 0) CALL1(SYS_close, fd);
}

static void note(const struct watch_event *event) {
  if (event->mask & IN_Q_OVERFLOW_) hold.had_several = 1;
  if (event->watch != hold.order_watch) {
    if (event->mask & (IN_DELETE_ | IN_DELETE_SELF_ | IN_IGNORED_)) hold.is_removed = 1;
    return;
  }
  if (event->mask & IN_OPEN_ && ++hold.readers > 1) hold.had_several = 1;
  if (event->mask & IN_CLOSE_ && hold.readers > 0) hold.readers--;
}

// Takes up what has happened, and shows the agent what it means.
static void take_events(void) {
  static char buffer[4096] __attribute__((aligned(8)));
  for (;;) {
    long got = CALL3(SYS_read, hold.events, buffer, sizeof buffer);
    if (got == -E_INTR) continue;
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      const struct watch_event *event = (const struct watch_event *)(buffer + at);
      note(event);
      at += (long)sizeof *event + event->length;
    }
  }
  if (!has_reader()) hold.readers = 0;
  // Whoever removes the FIFO removes what is beside it, too.
  if (hold.is_removed) return;
  int is_one = hold.readers == 1 && !hold.had_several;
  if (hold.had_several && !hold.is_several_marked) mark(several);
  hold.is_several_marked = hold.had_several;
  if (is_one && !hold.is_marked) mark(reads);
  if (!is_one && hold.is_marked) CALL3(SYS_unlinkat, AT_HERE, reads, 0);
  hold.is_marked = is_one;
}

static uint32_t unread(void) {
  int bytes = 0;
  CALL3(SYS_ioctl, hold.order, FIONREAD_, &bytes);
  return (uint32_t)bytes;
}

// Writes the document and waits until it was read. Returns whether all of it was.
static int give(const char *document, size_t length) {
  size_t done = 0;
  for (int looks = 0; looks < MAX_LOOKS;) {
    if (done < length) {
      long put = CALL3(SYS_write, hold.order, document + done, length - done);
      if (put > 0) done += (size_t)put, looks = 0;
      if (put > 0 || put == -E_INTR) continue;
      if (put != -E_AGAIN) return 0;
    } else {
      if (unread() == 0) return 1;
      if (!has_reader()) return 0;
    }
    // A read of the application is an event.
    const struct time_spec look = {0, LOOK * 1000000l};
    struct poll_entry entries[] = {{hold.events, POLLIN_, 0}, {hold.order, done < length ? POLLOUT_ : 0, 0}};
    long found = CALL5(SYS_ppoll, entries, 2, &look, 0, 0);
    if (entries[0].found) take_events();
    looks = found > 0 ? 0 : looks + 1;
  }
  return 0;
}

static enum hold_reason receive(int peer, char *document, uint32_t *length) {
  unsigned char header[HOLD_HEADER];
  if (!gate_read_all(peer, header, sizeof header)) return HOLD_INCOMPLETE;
  if (header[0] != 'P' || header[1] != 'B' || header[2] != 'H' || header[3] != '1') return HOLD_MALFORMED;
  *length = (uint32_t)header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16 | (uint32_t)header[7] << 24;
  if (*length == 0) return HOLD_MALFORMED;
  if (*length > HOLD_MAX_DOCUMENT) return HOLD_TOO_LARGE;
  return gate_read_all(peer, document, *length) ? HOLD_OK : HOLD_INCOMPLETE;
}

// Serves one peer. Returns when nothing was given and another may follow.
static void serve(int peer, char *document) {
  gate_limit_patience(peer);
  uint32_t length = 0;
  enum hold_reason reason = receive(peer, document, &length);
  take_events();
  if (reason == HOLD_OK && hold.had_several) reason = HOLD_SEVERAL_READ;
  if (reason == HOLD_OK && !hold.is_marked) reason = HOLD_NOBODY_READS;
  if (reason != HOLD_OK) {
    gate_answer(peer, 'R', reason);
    return;
  }
  // From here on nobody else can open it, and an agent that starts anew sees that the order was given.
  CALL3(SYS_unlinkat, AT_HERE, fifo, 0);
  int is_whole = give(document, length);
  // The reader's end of file; the answer can wait.
  CALL1(SYS_close, hold.order);
  gate_answer(peer, is_whole ? 'A' : 'E', 0);
  gate_leave(0);
}

static int is_called(int listener) {
  const struct time_spec now = {0, 0};
  struct poll_entry entry = {listener, POLLIN_, 0};
  return CALL5(SYS_ppoll, &entry, 1, &now, 0, 0) > 0;
}

__attribute__((noreturn)) void gate_hold(const char *directory) {
  const struct signal_action ignored = {(void (*)(int))SIG_IGN_, 0, 0, 0};
  CALL4(SYS_rt_sigaction, SIGPIPE_, &ignored, 0, sizeof ignored.mask);
  checked("enter its directory", CALL1(SYS_chdir, directory));
  make_fifo();
  watch();
  // Only what is touched of it takes memory.
  char *document = (char *)checked("get memory", CALL6(SYS_mmap, 0, HOLD_MAX_DOCUMENT, PROT_READ_ | PROT_WRITE_,
                                                       MAP_PRIVATE_ | MAP_ANONYMOUS_, -1, 0));
  int listener = gate_listen_at("s");
  // The agent reads standard error until then.
  CALL3(SYS_dup3, 0, 2, 0);
  for (;;) {
    struct poll_entry entries[] = {{listener, POLLIN_, 0}, {hold.events, POLLIN_, 0}};
    CALL5(SYS_ppoll, entries, 2, 0, 0, 0);
    if (is_called(listener)) {
      long peer = CALL4(SYS_accept4, listener, 0, 0, SOCK_CLOEXEC_);
      if (peer >= 0) serve((int)peer, document);
      if (peer >= 0) CALL1(SYS_close, peer);
      continue;
    }
    take_events();
    if (hold.is_removed) gate_leave(0);
  }
}
