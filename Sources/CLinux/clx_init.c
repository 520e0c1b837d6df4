#include "clx_init.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

void clx_publish(void *memory, size_t head, uint64_t place, const void *bytes, size_t length)
{
    memcpy((char *)memory + head + place, bytes, length);
    clx_store(memory, place + length);
}

void clx_store(void *place, uint64_t value) { __atomic_store_n((uint64_t *)place, value, __ATOMIC_RELEASE); }

static void fill_terminal(int fd, const struct clx_terminal *terminal)
{
    struct winsize size = {.ws_row = terminal->rows, .ws_col = terminal->columns};
    if (size.ws_row && size.ws_col)
        ioctl(fd, TIOCSWINSZ, &size);
    struct termios settings;
    if (terminal->carries_bytes && !tcgetattr(fd, &settings)) {
        settings.c_oflag &= ~OPOST;
        settings.c_lflag &= ~ECHO;
        tcsetattr(fd, TCSANOW, &settings);
    }
}

int clx_run_on_terminal(const struct clx_terminal *terminal, const char *input, char *const argv[], char *const envp[])
{
    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child == 0) {
        setsid();
        /* Who leads a session gets the first terminal that it opens for its own: job control and Ctrl-C need that. */
        int fd = open(terminal->path, O_RDWR);
        int in = input ? open(input, O_RDONLY) : fd;
        if (fd < 0 || in < 0)
            _exit(126);
        fill_terminal(fd, terminal);
        dup2(in, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        execve(argv[0], argv, envp);
        _exit(127);
    }
    /* The first process is the parent of all whose own has ended. */
    int status = 0;
    for (pid_t ended; (ended = waitpid(-1, &status, 0)) != child;)
        if (ended < 0 && errno != EINTR)
            return -errno;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
