#ifndef RECOUNT_C_APPEND_LOOP_H
#define RECOUNT_C_APPEND_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "SampleEvent.h"

/// Values in a new LMDB environment, written and read in plain C: the limit that a program over
/// LMDB can come near. One put a value with MDB_APPEND and an 8-byte big-endian key, one fully
/// synced transaction a call.
struct recount_c_store;

/// Makes an environment in `directory`, which must exist and be empty.
/// \param growAheadBytes how far the file is extended with synced zeros ahead of use, as Recount
///   does it; 0: not at all.
/// \returns 0, or LMDB's error code.
int recount_c_open(const char *directory, size_t growAheadBytes, struct recount_c_store **store);

/// Appends `count` values, which lie one after the other in `bytes` and end at `ends`.
/// \returns 0 once they are on disk, or LMDB's error code.
int recount_c_append(struct recount_c_store *store, const unsigned char *bytes,
                     const size_t *ends, size_t count);

/// Reads all values in order and counts them and their bytes.
int recount_c_scan(struct recount_c_store *store, size_t *count, size_t *bytes);

/// Reads the value at a position, from 1; its size, or 0 where there is none.
size_t recount_c_read(struct recount_c_store *store, uint64_t position);

void recount_c_close(struct recount_c_store *store);

/// "LMDB 0.9.24: (July 24, 2019)".
const char *recount_c_version(void);

#endif
