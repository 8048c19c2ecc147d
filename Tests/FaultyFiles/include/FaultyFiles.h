#ifndef RECOUNT_FAULTY_FILES_H
#define RECOUNT_FAULTY_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A disk that fails, for tests. This target defines the calls with which files are changed (open,
// close, write, writev, pwrite, pwritev, fdatasync, fsync, syncfs, ftruncate, mmap, mkdir, rename,
// unlink). The linker exports them from the test executable, as the shared libraries that it links
// refer to them, and the executable's definitions come before libc's: so liblmdb.so calls these.
// Everything passes through except below the directory of an attached disk.
//
// The model of a disk: what a process writes is in the page cache at once (the real file). It is on
// disk for certain after a successful fdatasync or fsync of the file, or, for the pages that it
// touches, after a write through an O_DSYNC descriptor. Until then each sector of 512 bytes may be
// on disk in any of the versions that it has had since; so may the file's length. A name is on disk
// after an fsync of its directory. A sync that fails marks the pages clean, as Linux does: a sync
// that succeeds later does not write them.

/// One directory's disk. Calls on it may come from any thread.
typedef struct FaultyDisk FaultyDisk;

/// Kinds of calls, to be combined.
enum {
  FAULTY_WRITE = 1,
  FAULTY_SYNC = 2,
  FAULTY_OPEN = 4,
  FAULTY_MAP = 8,
  FAULTY_TRUNCATE = 16,
  FAULTY_NAME = 32,
  FAULTY_ALL = 63,
};

/// What happens to a call that a plan meets.
enum {
  /// It fails without effect; a sync marks the pages clean all the same.
  FAULTY_FAIL = 0,
  /// A write writes the plan's number of bytes and says so.
  FAULTY_SHORT = 1,
  /// A write is in the page cache as a whole, and fails: what an O_DSYNC write does on a bad disk.
  FAULTY_FAIL_LATE = 2,
  /// A write writes the plan's number of bytes; nothing that comes after has any effect. The
  /// process is dead as far as this disk can see, until the plan is replaced.
  FAULTY_DIE = 3,
};

typedef struct {
  /// Kinds of calls that are counted.
  int kinds;
  /// The first call that is met, from 1; 0: none ever is.
  uint64_t first;
  /// How many are met from there on.
  uint64_t count;
  /// One of the constants above.
  int action;
  /// The error number of a call that fails.
  int error;
  /// For FAULTY_SHORT and FAULTY_DIE.
  size_t bytes;
} FaultyPlan;

/// Attaches a disk to a directory, which must exist: all that is in it is on disk for certain.
/// Files must be opened after this. Returns NULL where there are too many disks.
FaultyDisk *faulty_disk_attach(const char *directory);

/// Lets all calls pass again; open descriptors become ordinary ones.
void faulty_disk_detach(FaultyDisk *disk);

/// Replaces the plan, and counts from 1 again.
void faulty_disk_plan(FaultyDisk *disk, FaultyPlan plan);

/// How many calls of these kinds there were since the plan was set.
uint64_t faulty_disk_calls(FaultyDisk *disk, int kinds);

/// Has `observe` called on the calling thread before each call that changes something or syncs.
void faulty_disk_observe(FaultyDisk *disk, void (*observe)(void *), void *context);

/// Writes into `target` (made where it is not there) what a power cut at this moment may leave.
/// Each unsynced sector, length and name takes one of its versions: the one that is on disk for
/// certain with `keep` 0, the newest with `keep` 256, and in between any, by `seed`.
/// Returns 0 or an errno.
int faulty_disk_cut(FaultyDisk *disk, const char *target, uint64_t seed, unsigned keep);

#endif
