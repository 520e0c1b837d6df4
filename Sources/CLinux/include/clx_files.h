/* O_TMPFILE is a macro made of other macros, which Swift does not import. */
#ifndef CLX_FILES_H
#define CLX_FILES_H

extern const int clx_O_TMPFILE;

#endif
