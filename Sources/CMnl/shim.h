/* libmnl as it is; the attribute and message macros it lacks in function form are written in Swift, in Netlink. */
#ifndef CMNL_SHIM_H
#define CMNL_SHIM_H
#include <libmnl/libmnl.h>
#endif
