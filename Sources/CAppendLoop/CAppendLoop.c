#include "CAppendLoop.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct recount_c_store {
  MDB_env *environment;
  MDB_dbi table;
  uint64_t position;
  size_t growAheadBytes;
  size_t fileBytes;
  int file;
};

static void bigEndian(uint64_t number, unsigned char bytes[8]) {
  for (int index = 7; index >= 0; index -= 1) {
    bytes[index] = (unsigned char)number;
    number >>= 8;
  }
}

/// Lengthens the file where less than a quarter of the step lies beyond the last used page.
static int growAhead(struct recount_c_store *store) {
  static const unsigned char zeros[1 << 20];
  MDB_envinfo info;
  MDB_stat counts;
  mdb_env_info(store->environment, &info);
  mdb_env_stat(store->environment, &counts);
  size_t used = (info.me_last_pgno + 1) * counts.ms_psize;
  if (used + store->growAheadBytes / 4 <= store->fileBytes) return 0;
  struct stat status;
  if (fstat(store->file, &status) != 0) return errno;
  size_t end = used + store->growAheadBytes;
  for (size_t offset = (size_t)status.st_size; offset < end; offset += sizeof zeros) {
    if (pwrite(store->file, zeros, sizeof zeros, (off_t)offset) != (ssize_t)sizeof zeros) {
      return errno;
    }
  }
  store->fileBytes = end;
  return fdatasync(store->file) == 0 ? 0 : errno;
}

int recount_c_open(const char *directory, size_t growAheadBytes, struct recount_c_store **result) {
  struct recount_c_store *store = calloc(1, sizeof *store);
  store->growAheadBytes = growAheadBytes;
  store->file = -1;
  *result = store;
  int code = mdb_env_create(&store->environment);
  if (code != 0) return code;
  mdb_env_set_mapsize(store->environment, (size_t)64 << 30);
  mdb_env_set_maxdbs(store->environment, 4);
  code = mdb_env_open(store->environment, directory, 0, 0600);
  MDB_txn *transaction;
  if (code == 0) code = mdb_txn_begin(store->environment, NULL, 0, &transaction);
  if (code == 0) code = mdb_dbi_open(transaction, "tail", MDB_CREATE, &store->table);
  if (code == 0) code = mdb_txn_commit(transaction);
  if (code != 0 || growAheadBytes == 0) return code;
  char path[4096];
  snprintf(path, sizeof path, "%s/data.mdb", directory);
  store->file = open(path, O_RDWR | O_CLOEXEC);
  return store->file < 0 ? errno : 0;
}

int recount_c_append(struct recount_c_store *store, const unsigned char *bytes,
                     const size_t *ends, size_t count) {
  MDB_txn *transaction;
  int code = store->growAheadBytes > 0 ? growAhead(store) : 0;
  if (code == 0) code = mdb_txn_begin(store->environment, NULL, 0, &transaction);
  if (code != 0) return code;
  size_t start = 0;
  for (size_t index = 0; index < count; index += 1) {
    unsigned char key[8];
    bigEndian(store->position + index + 1, key);
    MDB_val position = {8, key};
    MDB_val value = {ends[index] - start, (void *)(bytes + start)};
    code = mdb_put(transaction, store->table, &position, &value, MDB_APPEND);
    if (code != 0) {
      mdb_txn_abort(transaction);
      return code;
    }
    start = ends[index];
  }
  store->position += count;
  return mdb_txn_commit(transaction);
}

int recount_c_scan(struct recount_c_store *store, size_t *count, size_t *bytes) {
  MDB_txn *transaction;
  MDB_cursor *cursor;
  *count = *bytes = 0;
  int code = mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction);
  if (code != 0) return code;
  code = mdb_cursor_open(transaction, store->table, &cursor);
  if (code == 0) {
    MDB_val key, value;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
      *count += 1;
      // The value is looked at, so that its page is.
      *bytes += value.mv_size + (((const unsigned char *)value.mv_data)[0] == 255);
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(transaction);
  return code == MDB_NOTFOUND ? 0 : code;
}

size_t recount_c_read(struct recount_c_store *store, uint64_t position) {
  MDB_txn *transaction;
  if (mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction) != 0) return 0;
  unsigned char bytes[8];
  bigEndian(position, bytes);
  MDB_val key = {8, bytes}, value;
  size_t size = mdb_get(transaction, store->table, &key, &value) == 0 ? value.mv_size : 0;
  mdb_txn_abort(transaction);
  return size;
}

void recount_c_close(struct recount_c_store *store) {
  mdb_env_close(store->environment);
  if (store->file >= 0) close(store->file);
  free(store);
}

const char *recount_c_version(void) {
  return mdb_version(NULL, NULL, NULL);
}
