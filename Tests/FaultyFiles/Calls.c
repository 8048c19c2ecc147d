#define _GNU_SOURCE
#include "Disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

pthread_mutex_t diskMutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
_Atomic(Descriptor *) descriptors[maximumDescriptors];
_Atomic int attachedDisks;
FaultyDisk *disks[maximumDisks];

// MARK: - Disks

FaultyDisk *faulty_disk_attach(const char *directory) {
  char *canonical = realpath(directory, NULL);
  if (canonical == NULL) return NULL;
  FaultyDisk *disk = calloc(1, sizeof(FaultyDisk));
  disk->directory = canonical;
  disk->directoryLength = strlen(canonical);
  pthread_mutex_lock(&diskMutex);
  int index = 0;
  while (index < maximumDisks && disks[index] != NULL) index += 1;
  if (index < maximumDisks) {
    disks[index] = disk;
    atomic_fetch_add(&attachedDisks, 1);
  }
  pthread_mutex_unlock(&diskMutex);
  if (index < maximumDisks) return disk;
  releaseDisk(disk);
  return NULL;
}

static void forget(int descriptor) {
  Descriptor *target = atomic_exchange(&descriptors[descriptor], NULL);
  if (target == NULL) return;
  free(target->directory);
  free(target);
}

void faulty_disk_detach(FaultyDisk *disk) {
  pthread_mutex_lock(&diskMutex);
  for (int index = 0; index < maximumDescriptors; index += 1) {
    Descriptor *target = atomic_load(&descriptors[index]);
    if (target != NULL && target->disk == disk) forget(index);
  }
  for (int index = 0; index < maximumDisks; index += 1) {
    if (disks[index] == disk) disks[index] = NULL;
  }
  atomic_fetch_sub(&attachedDisks, 1);
  releaseDisk(disk);
  pthread_mutex_unlock(&diskMutex);
}

void faulty_disk_plan(FaultyDisk *disk, FaultyPlan plan) {
  pthread_mutex_lock(&diskMutex);
  disk->plan = plan;
  disk->planCalls = 0;
  disk->isDead = false;
  memset(disk->calls, 0, sizeof disk->calls);
  pthread_mutex_unlock(&diskMutex);
}

uint64_t faulty_disk_calls(FaultyDisk *disk, int kinds) {
  uint64_t count = 0;
  pthread_mutex_lock(&diskMutex);
  for (int bit = 0; bit < 6; bit += 1) {
    if (kinds & (1 << bit)) count += disk->calls[bit];
  }
  pthread_mutex_unlock(&diskMutex);
  return count;
}

void faulty_disk_observe(FaultyDisk *disk, void (*observe)(void *), void *context) {
  pthread_mutex_lock(&diskMutex);
  disk->observe = observe;
  disk->observeContext = context;
  pthread_mutex_unlock(&diskMutex);
}

// MARK: - Plans

enum { passes = -1 };

// Counts a call. Returns `passes`, or the action that it meets.
static int meet(FaultyDisk *disk, int kind) {
  if (disk->isDead) return FAULTY_FAIL;
  if (disk->observe != NULL && (kind & (FAULTY_OPEN | FAULTY_MAP)) == 0) {
    disk->observe(disk->observeContext);
  }
  disk->calls[__builtin_ctz((unsigned)kind)] += 1;
  FaultyPlan plan = disk->plan;
  if (plan.first == 0 || (plan.kinds & kind) == 0) return passes;
  disk->planCalls += 1;
  if (disk->planCalls < plan.first || disk->planCalls - plan.first >= plan.count) return passes;
  if (plan.action == FAULTY_DIE) disk->isDead = true;
  return plan.action;
}

static int fail(FaultyDisk *disk) {
  errno = disk->plan.error != 0 ? disk->plan.error : EIO;
  return -1;
}

bool meetCall(FaultyDisk *disk, int kind) {
  if (meet(disk, kind) == passes) return false;
  fail(disk);
  return true;
}

static Descriptor *known(int descriptor) {
  if (atomic_load(&attachedDisks) == 0) return NULL;
  if (descriptor < 0 || descriptor >= maximumDescriptors) return NULL;
  return atomic_load(&descriptors[descriptor]);
}

// MARK: - Writing

static ssize_t writeThrough(Descriptor *target, int descriptor, const struct iovec *parts,
                            int count, off_t offset) {
  size_t total = 0;
  for (int index = 0; index < count; index += 1) total += parts[index].iov_len;
  int action = meet(target->disk, FAULTY_WRITE);
  size_t limit = total;
  if (action == FAULTY_FAIL) return fail(target->disk);
  if (action == FAULTY_SHORT || action == FAULTY_DIE) {
    limit = target->disk->plan.bytes < total ? target->disk->plan.bytes : total;
  }
  size_t done = 0;
  for (int index = 0; index < count && done < limit; index += 1) {
    size_t bytes = parts[index].iov_len < limit - done ? parts[index].iov_len : limit - done;
    ssize_t written = syscall(
        SYS_pwrite64, descriptor, parts[index].iov_base, bytes, offset + (off_t)done);
    if (written < 0) return -1;
    done += (size_t)written;
  }
  if (target->file != NULL) {
    noteWrite(target->file, descriptor, offset, done);
    bool fails = action == FAULTY_FAIL_LATE || action == FAULTY_DIE;
    if (target->isSynchronous && action != FAULTY_DIE) {
      settlePages(target->file, (size_t)offset, (size_t)offset + done, fails);
      if (!fails) settleLength(target->file);
    }
  }
  if (action == FAULTY_FAIL_LATE || action == FAULTY_DIE) return fail(target->disk);
  return (ssize_t)done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  Descriptor *target = known(descriptor);
  if (target == NULL) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  struct iovec part = {(void *)bytes, count};
  pthread_mutex_lock(&diskMutex);
  ssize_t written = writeThrough(target, descriptor, &part, 1, offset);
  pthread_mutex_unlock(&diskMutex);
  return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite(descriptor, bytes, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  Descriptor *target = known(descriptor);
  if (target == NULL) return syscall(SYS_pwritev, descriptor, parts, count, offset, 0);
  pthread_mutex_lock(&diskMutex);
  ssize_t written = writeThrough(target, descriptor, parts, count, offset);
  pthread_mutex_unlock(&diskMutex);
  return written;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  Descriptor *target = known(descriptor);
  if (target == NULL) return syscall(SYS_writev, descriptor, parts, count);
  pthread_mutex_lock(&diskMutex);
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  ssize_t written = writeThrough(target, descriptor, parts, count, offset);
  if (written > 0) lseek(descriptor, offset + written, SEEK_SET);
  pthread_mutex_unlock(&diskMutex);
  return written;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (known(descriptor) == NULL) return syscall(SYS_write, descriptor, bytes, count);
  struct iovec part = {(void *)bytes, count};
  return writev(descriptor, &part, 1);
}

int ftruncate(int descriptor, off_t length) {
  Descriptor *target = known(descriptor);
  if (target == NULL) return (int)syscall(SYS_ftruncate, descriptor, length);
  pthread_mutex_lock(&diskMutex);
  int code = -1;
  if (meet(target->disk, FAULTY_TRUNCATE) != passes) {
    fail(target->disk);
  } else {
    code = (int)syscall(SYS_ftruncate, descriptor, length);
    if (code == 0 && target->file != NULL) noteLength(target->file, (size_t)length);
  }
  pthread_mutex_unlock(&diskMutex);
  return code;
}

int ftruncate64(int descriptor, off_t length) {
  return ftruncate(descriptor, length);
}

// MARK: - Syncing

static int syncThrough(int descriptor, long number) {
  Descriptor *target = known(descriptor);
  if (target == NULL) return (int)syscall(number, descriptor);
  pthread_mutex_lock(&diskMutex);
  bool wasDead = target->disk->isDead;
  bool fails = meet(target->disk, FAULTY_SYNC) != passes;
  // The dead write nothing more, but what they have written is not lost either.
  bool isAlive = !wasDead && !target->disk->isDead;
  if (isAlive && number == SYS_syncfs) settleDisk(target->disk, fails);
  if (isAlive && target->file != NULL) settleFile(target->file, fails);
  if (target->directory != NULL && !fails) settleNames(target->disk, target->directory);
  int code = fails ? fail(target->disk) : 0;
  pthread_mutex_unlock(&diskMutex);
  return code;
}

int fdatasync(int descriptor) {
  return syncThrough(descriptor, SYS_fdatasync);
}

int fsync(int descriptor) {
  return syncThrough(descriptor, SYS_fsync);
}

int syncfs(int descriptor) {
  return syncThrough(descriptor, SYS_syncfs);
}

// MARK: - Mapping

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  Descriptor *target = known(descriptor);
  if (target != NULL) {
    pthread_mutex_lock(&diskMutex);
    bool fails = meet(target->disk, FAULTY_MAP) != passes;
    if (fails) fail(target->disk);
    pthread_mutex_unlock(&diskMutex);
    if (fails) return MAP_FAILED;
  }
  return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor,
             off_t offset) {
  return mmap(address, length, protection, flags, descriptor, offset);
}
