#include "clx_files.h"
#include <fcntl.h>

const int clx_O_TMPFILE = O_TMPFILE;
