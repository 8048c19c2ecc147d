#include "CAppendLoop.h"

#include <lmdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void bigEndian(uint64_t number, unsigned char bytes[8]) {
  for (int index = 7; index >= 0; index -= 1) {
    bytes[index] = (unsigned char)number;
    number >>= 8;
  }
}

static int appendCommit(MDB_env *environment, MDB_dbi table, uint64_t *position,
                        size_t perCommit, size_t valueBytes, unsigned char *value) {
  MDB_txn *transaction;
  int code = mdb_txn_begin(environment, NULL, 0, &transaction);
  if (code != 0) return code;
  for (size_t index = 0; index < perCommit; index += 1) {
    unsigned char bytes[8];
    *position += 1;
    bigEndian(*position, bytes);
    value[0] = (unsigned char)index;
    MDB_val key = {8, bytes};
    MDB_val data = {valueBytes, value};
    code = mdb_put(transaction, table, &key, &data, MDB_APPEND);
    if (code != 0) {
      mdb_txn_abort(transaction);
      return code;
    }
  }
  return mdb_txn_commit(transaction);
}

int recount_c_append(const char *directory, size_t commits, size_t perCommit, size_t valueBytes,
                     double *seconds) {
  MDB_env *environment;
  int code = mdb_env_create(&environment);
  if (code != 0) return code;
  mdb_env_set_mapsize(environment, (size_t)16 << 30);
  mdb_env_set_maxdbs(environment, 4);
  code = mdb_env_open(environment, directory, 0, 0600);
  MDB_txn *transaction;
  MDB_dbi table = 0;
  if (code == 0) code = mdb_txn_begin(environment, NULL, 0, &transaction);
  if (code == 0) code = mdb_dbi_open(transaction, "tail", MDB_CREATE, &table);
  if (code == 0) code = mdb_txn_commit(transaction);
  unsigned char *value = calloc(1, valueBytes);
  uint64_t position = 0;
  double started = now();
  for (size_t commit = 0; code == 0 && commit < commits; commit += 1) {
    code = appendCommit(environment, table, &position, perCommit, valueBytes, value);
  }
  *seconds = now() - started;
  free(value);
  mdb_env_close(environment);
  return code;
}
