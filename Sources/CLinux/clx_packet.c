#include "clx_packet.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int clx_packet_open(int ifindex, int ignore_outgoing)
{
    int one = 1, room = 8 << 20, saved;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (ignore_outgoing && setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one))
        goto fail;
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one))
        goto fail;
    if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one))
        goto fail;
    /* Without CAP_NET_ADMIN in the first user namespace the plain limits hold; drops are then counted. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room))
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = ifindex};
    if (bind(fd, (struct sockaddr *)&address, sizeof address))
        goto fail;
    return fd;
fail:
    saved = errno;
    close(fd);
    return -saved;
}

int clx_packet_receive(int fd, void *buffer, size_t capacity, struct clx_frame *frame)
{
    char control[256];
    struct sockaddr_ll from;
    struct iovec part = {buffer, capacity};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length;
    do
        length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_TRUNC);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return -errno;
    memset(frame, 0, sizeof *frame);
    frame->original = (size_t)length;
    frame->length = (size_t)length < capacity ? (size_t)length : capacity;
    frame->outgoing = from.sll_pkttype == PACKET_OUTGOING;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            frame->realtime_ns = stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
        } else if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
            struct tpacket_auxdata data;
            memcpy(&data, CMSG_DATA(c), sizeof data);
            frame->unchecked = (data.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
        }
    return 0;
}

int clx_packet_drops(int fd)
{
    struct tpacket_stats stats;
    socklen_t size = sizeof stats;
    return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) ? -errno : (int)stats.tp_drops;
}
