/* What the build knows about itself; a C target, because only C takes strings from Package.swift. */
#ifndef CBUILD_H
#define CBUILD_H

/* The revision of the sources as git describes it; empty where nobody said. */
extern const char *const cbuild_revision;

#endif
