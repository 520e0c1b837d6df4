/* perf_event_open(2) has no libc wrapper, and perf_event_attr is a bit-field struct that Swift cannot build. */
#ifndef CLX_PERF_H
#define CLX_PERF_H

#include <stdint.h>
#include <linux/perf_event.h>

/* Opens one tracepoint on one CPU for all processes, stamped with CLOCK_MONOTONIC, disabled.
   Returns a descriptor or a negative errno. */
int clx_perf_tracepoint(uint64_t id, int cpu);
/* Sends this event's records into the ring of another event on the same CPU. */
int clx_perf_redirect(int fd, int ring_fd);
int clx_perf_filter(int fd, const char *filter);
int clx_perf_enable(int fd);

uint64_t clx_load_acquire(const volatile uint64_t *value);
void clx_store_release(volatile uint64_t *value, uint64_t new_value);

#endif
