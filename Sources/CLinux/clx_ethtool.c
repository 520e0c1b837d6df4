#include "clx_ethtool.h"
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

int clx_offloads_off(int socket_fd, const char *interface_name)
{
    static const unsigned int commands[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO};
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct ethtool_value off = {.cmd = commands[i], .data = 0};
        struct ifreq request;
        memset(&request, 0, sizeof request);
        strncpy(request.ifr_name, interface_name, IFNAMSIZ - 1);
        request.ifr_data = (void *)&off;
        if (ioctl(socket_fd, SIOCETHTOOL, &request))
            return -errno;
    }
    return 0;
}
