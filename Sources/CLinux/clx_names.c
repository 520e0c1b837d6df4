#include "clx_names.h"
#include <string.h>

const char *clx_errno_name(int number) { return strerrorname_np(number); }
const char *clx_signal_name(int number) { return sigabbrev_np(number); }
