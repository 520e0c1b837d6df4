/* SQLite as it is; what Swift cannot see of it, casts in macros, is written in Swift, in History. */
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H
#include <sqlite3.h>
#endif
