/* Kernel headers of the netlink families we speak. <linux/tcp.h> is left out on purpose: it clashes with Glibc. */
#ifndef CLX_NETLINK_H
#define CLX_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if_link.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <linux/pkt_sched.h>
#include <linux/sock_diag.h>
#include <linux/inet_diag.h>
#include <linux/net_namespace.h>

#endif
