#include "cbuild.h"

const char *const cbuild_revision = TCPWITNESS_REVISION;
