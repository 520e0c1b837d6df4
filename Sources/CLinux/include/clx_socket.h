/* Socket calls whose arguments are variadic, macros or unions: ioctl(2), SCM_RIGHTS. */
#ifndef CLX_SOCKET_H
#define CLX_SOCKET_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/socket.h>

/* ioctl(SIOCOUTQ) and ioctl(SIOCINQ): bytes unsent or unacknowledged, bytes unread. Return -1 and set errno. */
int clx_ioctl_int(int fd, unsigned long request, int *value);
extern const unsigned long clx_SIOCOUTQ;
extern const unsigned long clx_SIOCINQ;

int clx_fcntl_set_nonblocking(int fd, int on);

/* One message with at most one descriptor; -1 sends none. Return as sendmsg and recvmsg, errno set. */
ssize_t clx_send_with_fd(int socket_fd, const void *bytes, size_t length, int fd);
ssize_t clx_receive_with_fd(int socket_fd, void *buffer, size_t capacity, int *fd);

#endif
