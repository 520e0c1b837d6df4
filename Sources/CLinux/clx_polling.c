#include "clx_polling.h"
#include <errno.h>
#include <stddef.h>

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int wait_for(struct pollfd *fds, unsigned long count, long long timeout_ns)
{
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000LL, .tv_nsec = timeout_ns % 1000000000LL};
    int ready = ppoll(fds, count, timeout_ns < 0 ? NULL : &timeout, NULL);
    return ready < 0 ? -errno : ready;
}

int clx_poll(struct pollfd *fds, unsigned long count, long long timeout_ns)
{
    /* The kernel takes the liberty to end a wait late by a thousandth of it, or by a two hundredth where the caller is
       nice, and by 100 ms at most (select_estimate_accuracy()). After hours of waiting that would be a late laboratory.
       So the last hundredth of a long wait is one of its own. */
    const long long shortest = 100000000LL, longest_rest = 500000000LL;
    if (timeout_ns < shortest)
        return wait_for(fds, count, timeout_ns);
    long long deadline = now_ns() + timeout_ns;
    long long rest = timeout_ns / 100 < longest_rest ? timeout_ns / 100 : longest_rest;
    int ready = wait_for(fds, count, timeout_ns - rest);
    if (ready != 0)
        return ready;
    long long left = deadline - now_ns();
    return wait_for(fds, count, left > 0 ? left : 0);
}
