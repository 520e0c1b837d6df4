/* Namespaces: setns(2), unshare(2) and mount(2) are not in Swift's Glibc module. */
#ifndef CLX_NAMESPACE_H
#define CLX_NAMESPACE_H

/* Each returns 0, or a negative errno. They act on the calling thread only; clx_unshare_user() wants it to be the only
 * one. */
int clx_unshare_net(void);
int clx_unshare_mount(void);
int clx_unshare_user(void);
int clx_setns_net(int fd);
int clx_mount(const char *source, const char *target, const char *type, unsigned long flags);

extern const unsigned long clx_mount_private_recursive, clx_mount_bind;

#endif
