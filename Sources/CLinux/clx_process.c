#include "clx_process.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_FDS 19

struct child {
    const struct clx_spawn_request *spawn;
    const int *lifted;       /* copies of the descriptors, above every target number; -1 for none */
    const sigset_t *mask;
    pid_t parent;
    int error;
};

/* Runs in the parent's memory (CLONE_VM) until execve: only system calls, no allocation, no locks. */
static int run_child(void *argument)
{
    struct child *child = argument;
    const struct clx_spawn_request *spawn = child->spawn;

    if (spawn->death_signal && prctl(PR_SET_PDEATHSIG, spawn->death_signal))
        goto fail;
    /* The parent may have died before the request took effect. In a new pid namespace it is always 0. */
    if (spawn->death_signal && !spawn->new_pid_namespace && syscall(SYS_getppid) != child->parent)
        _exit(127);
    if (spawn->new_session && setsid() < 0)
        goto fail;
    if (spawn->netns >= 0 && setns(spawn->netns, CLONE_NEWNET))
        goto fail;
    for (int i = 0; i < spawn->fd_count; i++)
        if (child->lifted[i] >= 0 && dup2(child->lifted[i], i) < 0)
            goto fail;
    if (spawn->directory && chdir(spawn->directory))
        goto fail;
    if (spawn->file_limit) {
        struct rlimit limit;
        if (getrlimit(RLIMIT_FSIZE, &limit))
            goto fail;
        /* Nobody but root may raise what is there already. */
        if (limit.rlim_max > (rlim_t)spawn->file_limit)
            limit.rlim_max = (rlim_t)spawn->file_limit;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_FSIZE, &limit))
            goto fail;
    }
    /* Handlers vanish at execve by themselves, ignored signals do not. */
    for (int number = 1; number < 32; number++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        if (number != SIGKILL && number != SIGSTOP)
            sigaction(number, &action, NULL);
    }
    sigprocmask(SIG_SETMASK, child->mask, NULL);
    execve(spawn->path, spawn->argv, spawn->envp);
fail:
    child->error = errno;
    _exit(127);
}

int clx_spawn(const struct clx_spawn_request *spawn, pid_t *pid, int *pidfd)
{
    int lifted[MAX_FDS], result = 0;
    int count = 0;
    sigset_t all, none, old;
    const size_t stack_size = 64 * 1024;

    if (spawn->fd_count > MAX_FDS)
        return -EINVAL;
    void *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return -errno;
    for (; count < spawn->fd_count; count++) {
        lifted[count] = spawn->fds[count] < 0 ? -1 : fcntl(spawn->fds[count], F_DUPFD_CLOEXEC, MAX_FDS);
        if (lifted[count] < 0 && spawn->fds[count] >= 0) {
            result = -errno;
            goto out;
        }
    }
    /* A signal handler must not run in the child while it shares our memory. */
    sigfillset(&all);
    sigemptyset(&none);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    struct child child = {.spawn = spawn, .lifted = lifted, .mask = &none, .parent = getpid()};
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    if (spawn->new_pid_namespace)
        flags |= CLONE_NEWPID;
    int fd = -1;
    pid_t made = clone(run_child, (char *)stack + stack_size, flags, &child, &fd);
    int clone_error = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (made < 0) {
        result = -clone_error;
    } else if (child.error) {
        result = -child.error;
        waitpid(made, NULL, 0);
        close(fd);
    } else {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        *pid = made;
        *pidfd = fd;
    }
out:
    while (count-- > 0)
        if (lifted[count] >= 0)
            close(lifted[count]);
    munmap(stack, stack_size);
    return result;
}

pid_t clx_fork_sibling(void)
{
    long made = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
    return made < 0 ? -errno : (pid_t)made;
}

int clx_wifexited(int status) { return WIFEXITED(status); }
int clx_wexitstatus(int status) { return WEXITSTATUS(status); }
int clx_wifsignaled(int status) { return WIFSIGNALED(status); }
int clx_wtermsig(int status) { return WTERMSIG(status); }
int clx_set_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal) ? -errno : 0; }
int clx_forbid_core_dumps(void) { return prctl(PR_SET_DUMPABLE, 0) ? -errno : 0; }
int clx_thread_id(void) { return (int)syscall(SYS_gettid); }
int clx_pidfd_open(int pid) { int fd = (int)syscall(SYS_pidfd_open, pid, 0); return fd < 0 ? -errno : fd; }

int clx_get_affinity(unsigned char *bits, size_t count)
{
    memset(bits, 0, count);
    return syscall(SYS_sched_getaffinity, 0, count, bits) < 0 ? -errno : 0;
}

int clx_set_affinity(const unsigned char *bits, size_t count)
{
    return syscall(SYS_sched_setaffinity, 0, count, bits) < 0 ? -errno : 0;
}

int clx_set_real_time(int priority)
{
    struct sched_param param = {.sched_priority = priority};
    return syscall(SYS_sched_setscheduler, 0, priority ? SCHED_FIFO : SCHED_OTHER, &param) < 0 ? -errno : 0;
}
