#include "clx_perf.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clx_perf_tracepoint(uint64_t id, int cpu)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.type = PERF_TYPE_TRACEPOINT;
    attr.size = sizeof attr;
    attr.config = id;
    attr.sample_period = 1;
    attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW;
    attr.wakeup_events = 1;
    attr.disabled = 1;
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
    long fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : (int)fd;
}

int clx_perf_redirect(int fd, int ring_fd) { return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring_fd) ? -errno : 0; }
int clx_perf_filter(int fd, const char *filter) { return ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter) ? -errno : 0; }
int clx_perf_enable(int fd) { return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0; }

uint64_t clx_load_acquire(const volatile uint64_t *value) { return __atomic_load_n(value, __ATOMIC_ACQUIRE); }

void clx_store_release(volatile uint64_t *value, uint64_t new_value)
{
    __atomic_store_n(value, new_value, __ATOMIC_RELEASE);
}
