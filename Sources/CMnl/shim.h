/* libmnl as it is; the attribute and message macros it lacks in function form are written in Swift, in Netlink. With it
   the kernel's headers of the netlink families we speak; <linux/tcp.h> is left out on purpose: it clashes with Glibc. */
#ifndef CMNL_SHIM_H
#define CMNL_SHIM_H
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <linux/pkt_sched.h>
#include <linux/sock_diag.h>
#include <linux/inet_diag.h>
#include <linux/net_namespace.h>
#endif
