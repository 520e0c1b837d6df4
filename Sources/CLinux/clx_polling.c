#include "clx_polling.h"
#include <errno.h>
#include <stddef.h>

int clx_poll(struct pollfd *fds, unsigned long count, long long timeout_ns)
{
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000LL, .tv_nsec = timeout_ns % 1000000000LL};
    int ready = ppoll(fds, count, timeout_ns < 0 ? NULL : &timeout, NULL);
    return ready < 0 ? -errno : ready;
}
