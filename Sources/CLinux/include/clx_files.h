/* O_TMPFILE is a macro made of other macros, and pipe2(2) a GNU extension: Swift's Glibc module has neither. */
#ifndef CLX_FILES_H
#define CLX_FILES_H

extern const int clx_O_TMPFILE;

/* A close-on-exec pipe, read end first. Returns 0 or a negative errno. */
int clx_pipe(int ends[2]);

#endif
