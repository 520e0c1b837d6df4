#include "clx_namespace.h"
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

const unsigned long clx_mount_private_recursive = MS_PRIVATE | MS_REC;
const unsigned long clx_mount_bind = MS_BIND;

int clx_unshare_net(void) { return unshare(CLONE_NEWNET) ? -errno : 0; }
int clx_unshare_mount(void) { return unshare(CLONE_NEWNS) ? -errno : 0; }
int clx_unshare_user(void) { return unshare(CLONE_NEWUSER) ? -errno : 0; }
int clx_setns_net(int fd) { return setns(fd, CLONE_NEWNET) ? -errno : 0; }

int clx_mount(const char *source, const char *target, const char *type, unsigned long flags)
{
    return mount(source, target, type, flags, NULL) ? -errno : 0;
}
