// Debian's liblmdb-dev 0.9.24. Everything that the wrapper calls is importable as it stands, so
// this header only names it; the module map links the library, as lmdb.pc is not everywhere.
#include <lmdb.h>
