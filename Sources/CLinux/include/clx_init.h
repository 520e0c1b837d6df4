/* What the first process of a guest needs: module loading and reboot(2) are not in Swift's Glibc module. */
#ifndef CLX_INIT_H
#define CLX_INIT_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0 or a negative errno. */
int clx_finit_module(int fd);

/* Restarts the machine at once, without syncing anything. Returns a negative errno, if at all. */
int clx_reboot(void);

/* Makes a serial line carry bytes as they are. Returns 0 or a negative errno. */
int clx_tty_raw(int fd);

/* Puts bytes at `place` of memory that another machine reads, and only then lets the count at its beginning, which is
   a 64-bit number before the bytes, say that they are there. */
void clx_publish(void *memory, uint64_t place, const void *bytes, size_t length);

/* Waits until a serial line has sent everything. Returns 0 or a negative errno. */
int clx_tty_drain(int fd);

#endif
