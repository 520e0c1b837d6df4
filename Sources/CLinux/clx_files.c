#include "clx_files.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const int clx_O_TMPFILE = O_TMPFILE;

int clx_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) ? -errno : 0; }
