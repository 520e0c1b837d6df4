/* Symbolic names of errno values and signals, as glibc knows them. */
#ifndef CLX_NAMES_H
#define CLX_NAMES_H

/* NULL when unknown. "ECONNRESET"; "PIPE" (without SIG). */
const char *clx_errno_name(int number);
const char *clx_signal_name(int number);

#endif
