// What the gate asks of Linux, without a C library: it has to run in images that hold nothing but one program.
#ifndef PARBAKE_GATE_SYSTEM_H
#define PARBAKE_GATE_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
enum {
  SYS_read = 0,
  SYS_write = 1,
  SYS_close = 3,
  SYS_mmap = 9,
  SYS_rt_sigaction = 13,
  SYS_ioctl = 16,
  SYS_socket = 41,
  SYS_connect = 42,
  SYS_sendto = 44,
  SYS_recvfrom = 45,
  SYS_shutdown = 48,
  SYS_bind = 49,
  SYS_listen = 50,
  SYS_setsockopt = 54,
  SYS_execve = 59,
  SYS_fcntl = 72,
  SYS_chdir = 80,
  SYS_fchmod = 91,
  SYS_umask = 95,
  SYS_exit_group = 231,
  SYS_inotify_add_watch = 254,
  SYS_openat = 257,
  SYS_mknodat = 259,
  SYS_unlinkat = 263,
  SYS_renameat = 264,
  SYS_faccessat = 269,
  SYS_ppoll = 271,
  SYS_accept4 = 288,
  SYS_dup3 = 292,
  SYS_inotify_init1 = 294,
  SYS_close_range = 436,
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

// The kernel leaves argc, argv and the environment on the stack.
#define GATE_START                       \
  __asm__(".globl _start\n_start:\n"     \
          "  xor %ebp, %ebp\n"           \
          "  mov %rsp, %rdi\n"           \
          "  and $-16, %rsp\n"           \
          "  call gate_start\n")

#elif defined(__aarch64__)
enum {
  SYS_dup3 = 24,
  SYS_fcntl = 25,
  SYS_inotify_init1 = 26,
  SYS_inotify_add_watch = 27,
  SYS_ioctl = 29,
  SYS_mknodat = 33,
  SYS_unlinkat = 35,
  SYS_renameat = 38,
  SYS_faccessat = 48,
  SYS_chdir = 49,
  SYS_fchmod = 52,
  SYS_openat = 56,
  SYS_close = 57,
  SYS_read = 63,
  SYS_write = 64,
  SYS_ppoll = 73,
  SYS_exit_group = 94,
  SYS_rt_sigaction = 134,
  SYS_umask = 166,
  SYS_socket = 198,
  SYS_bind = 200,
  SYS_listen = 201,
  SYS_connect = 203,
  SYS_sendto = 206,
  SYS_recvfrom = 207,
  SYS_setsockopt = 208,
  SYS_shutdown = 210,
  SYS_execve = 221,
  SYS_mmap = 222,
  SYS_accept4 = 242,
  SYS_close_range = 436,
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

#define GATE_START                       \
  __asm__(".globl _start\n_start:\n"     \
          "  mov x29, #0\n"              \
          "  mov x30, #0\n"              \
          "  mov x0, sp\n"               \
          "  bl gate_start\n")

#else
#error "the gate knows x86_64 and aarch64"
#endif

#define CALL1(n, a) system_call(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) system_call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) system_call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f) \
  system_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

// Values that both architectures share.
enum {
  E_NOENT = 2,
  E_INTR = 4,
  E_AGAIN = 11,
  E_ACCES = 13,
  E_NOTDIR = 20,
  E_NAMETOOLONG = 36,
  E_CONNABORTED = 103,
  AT_HERE = -100,
  O_RDONLY_ = 0,
  O_WRONLY_ = 1,
  O_CREAT_ = 0100,
  O_NONBLOCK_ = 04000,
  O_CLOEXEC_ = 02000000,
  S_IFIFO_ = 0010000,
  FIONREAD_ = 0x541b,
  POLLIN_ = 1,
  POLLOUT_ = 4,
  POLLERR_ = 8,
  PROT_READ_ = 1,
  PROT_WRITE_ = 2,
  MAP_PRIVATE_ = 2,
  MAP_ANONYMOUS_ = 0x20,
  IN_ACCESS_ = 0x1,
  IN_CLOSE_ = 0x18,
  IN_OPEN_ = 0x20,
  IN_DELETE_ = 0x200,
  IN_DELETE_SELF_ = 0x400,
  IN_Q_OVERFLOW_ = 0x4000,
  IN_IGNORED_ = 0x8000,
  SIG_IGN_ = 1,
  SIGPIPE_ = 13,
  F_SETFD_ = 2,
  FD_CLOEXEC_ = 1,
  CLOSE_RANGE_CLOEXEC_ = 4,
  AF_UNIX_ = 1,
  AF_INET_ = 2,
  AF_INET6_ = 10,
  SOCK_STREAM_ = 1,
  SOCK_CLOEXEC_ = 02000000,
  SOL_SOCKET_ = 1,
  SO_RCVTIMEO_ = 20,
  SO_SNDTIMEO_ = 21,
  SHUT_WR_ = 1,
  MSG_WAITALL_ = 0x100,
  MSG_NOSIGNAL_ = 0x4000,
};

struct unix_address {
  uint16_t family;
  char path[108];
};

// Bytes of a port and an address are as they are on the wire.
struct internet_address {
  uint16_t family;
  unsigned char port[2];
  unsigned char address[4];
  unsigned char unused[8];
};

struct internet6_address {
  uint16_t family;
  unsigned char port[2];
  uint32_t flow;
  unsigned char address[16];
  uint32_t scope;
};

struct time_value {
  long seconds;
  long microseconds;
};

struct time_spec {
  long seconds;
  long nanoseconds;
};

struct poll_entry {
  int fd;
  short wanted;
  short found;
};

// What happened to a watched file; a name of `length` bytes follows.
struct watch_event {
  int watch;
  uint32_t mask;
  uint32_t cookie;
  uint32_t length;
};

// The layout that the kernel takes, which differs from a C library's.
struct signal_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

#endif
