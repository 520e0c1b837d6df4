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

/* Puts bytes at `place` after the head of memory that another machine reads, and only then lets the 64-bit count at its
   beginning say that they are there. */
void clx_publish(void *memory, size_t head, uint64_t place, const void *bytes, size_t length);

/* Writes a number that another machine reads, after everything written before it. */
void clx_store(void *place, uint64_t value);

/* A terminal for a program: its device, its size (0 where that is not known), and whether what is printed shall come out
   byte by byte as it is. */
struct clx_terminal {
    const char *path;
    unsigned short rows, columns;
    int carries_bytes;
};

/* Runs a program as the leader of a session on a terminal, with its input from there or from a file, and waits for it
   and for whatever it has left before. Returns its exit status, 128 and the signal that has killed it, or a negative
   errno. */
int clx_run_on_terminal(const struct clx_terminal *terminal, const char *input, char *const argv[], char *const envp[]);

/* Waits until a serial line has sent everything. Returns 0 or a negative errno. */
int clx_tty_drain(int fd);

#endif
