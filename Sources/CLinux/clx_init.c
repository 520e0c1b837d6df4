#include "clx_init.h"
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* The Swift runtime reads its arguments from /proc/self/cmdline and aborts without it, so a guest's first process
   must have /proc before any of its constructors. The first process of a pid namespace on a host has one. */
__attribute__((constructor(101))) static void mount_proc_first(void)
{
    if (getpid() != 1 || access("/proc/self", F_OK) == 0)
        return;
    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
}

int clx_finit_module(int fd) { return syscall(SYS_finit_module, fd, "", 0) ? -errno : 0; }
int clx_reboot(void) { return reboot(RB_AUTOBOOT) ? -errno : 0; }

int clx_tty_raw(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings))
        return -errno;
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    return tcsetattr(fd, TCSANOW, &settings) ? -errno : 0;
}

int clx_tty_drain(int fd) { return tcdrain(fd) ? -errno : 0; }

void clx_publish(void *memory, uint64_t place, const void *bytes, size_t length)
{
    uint64_t *count = memory;
    memcpy((char *)(count + 1) + place, bytes, length);
    __atomic_store_n(count, place + length, __ATOMIC_RELEASE);
}
