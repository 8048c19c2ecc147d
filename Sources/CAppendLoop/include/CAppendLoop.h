#ifndef RECOUNT_C_APPEND_LOOP_H
#define RECOUNT_C_APPEND_LOOP_H

#include <stddef.h>

/// Appends commits * perCommit values of valueBytes bytes to a new LMDB environment in `directory`,
/// which must exist: one put an event with MDB_APPEND and an 8-byte big-endian key, one fully
/// synced transaction a commit. The limit that a program over LMDB can come near.
///
/// Returns 0 and the seconds that it took, or LMDB's error code.
int recount_c_append(const char *directory, size_t commits, size_t perCommit, size_t valueBytes,
                     double *seconds);

#endif
