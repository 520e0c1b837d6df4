/* Packet sockets: sockaddr_ll and the control messages that carry kernel timestamps. */
#ifndef CLX_PACKET_H
#define CLX_PACKET_H

#include <stdint.h>
#include <stddef.h>
#include <linux/if_packet.h>
#include <linux/if_ether.h>

/* Opens a raw packet socket on one interface. Protocol 0 until bind, so that no frame of another interface and
   no copy of what we send ourselves is ever queued. Returns a descriptor or a negative errno. */
int clx_packet_open(int ifindex, int ignore_outgoing);

struct clx_frame {
    size_t length;         /* bytes stored */
    size_t original;       /* bytes on the wire */
    int64_t realtime_ns;   /* CLOCK_REALTIME stamp of the kernel, 0 when it gave none */
    int outgoing;          /* a copy of a frame that this host sent */
    int unchecked;         /* the checksum has been left to the device */
};

/* Receives without blocking. Returns 0, or a negative errno. */
int clx_packet_receive(int fd, void *buffer, size_t capacity, struct clx_frame *frame);

/* Frames the socket dropped for want of room since the last call, or a negative errno. */
int clx_packet_drops(int fd);

#endif
