/* Processes: clone(2) with the flags we need, wait status macros, pidfd, prctl. Swift may not call fork(2),
   and posix_spawn(3) can neither enter a namespace nor ask for a signal when the parent dies. */
#ifndef CLX_PROCESS_H
#define CLX_PROCESS_H

#include <sys/types.h>

struct clx_spawn_request {
    const char *path;
    char *const *argv;
    char *const *envp;
    const int *fds;      /* descriptor i becomes number i of the child, -1 leaves it; all others must be CLOEXEC */
    int fd_count;        /* at most 19 */
    const char *directory; /* to work in, or NULL for the parent's */
    long long file_limit;  /* RLIMIT_FSIZE, or 0 for the parent's */
    int netns;           /* namespace to enter, or -1 */
    int new_pid_namespace;
    int new_session;
    int death_signal;    /* sent when the calling THREAD ends, or 0 */
};

/* Returns 0 and fills pid and pidfd, or a negative errno of the first step that failed. */
int clx_spawn(const struct clx_spawn_request *spawn, pid_t *pid, int *pidfd);

/* fork(2) whose child is a sibling: its parent is the caller's parent, which can then wait for it.
   Only for single-threaded callers. Returns as fork does, or a negative errno. */
pid_t clx_fork_sibling(void);

int clx_wifexited(int status);
int clx_wexitstatus(int status);
int clx_wifsignaled(int status);
int clx_wtermsig(int status);
int clx_set_death_signal(int signal);
/* prctl(PR_SET_DUMPABLE, 0): a signal that dumps core kills without a dump, whatever core_pattern says. */
int clx_forbid_core_dumps(void);
int clx_thread_id(void);
/* Returns a close-on-exec descriptor or a negative errno. */
int clx_pidfd_open(int pid);

/* The processors that the calling thread may run on, one bit each; 0 or a negative errno. */
int clx_get_affinity(unsigned char *bits, size_t count);
int clx_set_affinity(const unsigned char *bits, size_t count);
/* SCHED_FIFO with a priority, or SCHED_OTHER with 0, for the calling thread; 0 or a negative errno. */
int clx_set_real_time(int priority);

#endif
