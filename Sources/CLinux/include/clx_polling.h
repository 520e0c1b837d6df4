/* epoll, eventfd, signalfd and timerfd are not in Swift's Glibc module. */
#ifndef CLX_POLLING_H
#define CLX_POLLING_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <poll.h>
#include <time.h>

/* ppoll with a timeout in nanoseconds (negative: none), which it keeps to within a few milliseconds. Returns as ppoll, or
   a negative errno. */
int clx_poll(struct pollfd *fds, unsigned long count, long long timeout_ns);

#endif
