/* Offload switches go through ioctl(2), which is variadic. */
#ifndef CLX_ETHTOOL_H
#define CLX_ETHTOOL_H

/* Turns transmit checksum, TSO, GSO and GRO of an interface off. Returns 0 or a negative errno. */
int clx_offloads_off(int socket_fd, const char *interface_name);

#endif
