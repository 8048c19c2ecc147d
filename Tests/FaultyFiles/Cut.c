#define _GNU_SOURCE
#include "Disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// SplitMix64.
static uint64_t nextRandom(uint64_t *state) {
  *state += 0x9E3779B97F4A7C15u;
  uint64_t mixed = *state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

// One of count + 1 versions: 0 is what is on disk for certain, count the newest.
static int choose(int count, uint64_t *random, unsigned keep) {
  if (count == 0 || keep == 0) return 0;
  if (keep >= 256) return count;
  if (nextRandom(random) % 256 >= keep) return 0;
  return 1 + (int)(nextRandom(random) % (uint64_t)count);
}

static void makeParents(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    syscall(SYS_mkdir, path, 0700);
    *slash = '/';
  }
}

static int writePage(int descriptor, Page *page, size_t index, size_t length, uint64_t *random,
                     unsigned keep) {
  unsigned char bytes[pageBytes] = {0};
  bool hasContent = false;
  for (size_t sector = 0; sector < pageBytes; sector += sectorBytes) {
    int chosen = choose(page->versionCount, random, keep);
    unsigned char *source = chosen == 0 ? page->durable : page->versions[chosen - 1];
    if (source == NULL) continue;
    memcpy(bytes + sector, source + sector, sectorBytes);
    hasContent = true;
  }
  // Zeros stay a hole.
  if (!hasContent) return 0;
  size_t offset = index * pageBytes;
  size_t count = length - offset < pageBytes ? length - offset : pageBytes;
  ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, count, (off_t)offset);
  return written == (ssize_t)count ? 0 : EIO;
}

static int writeFile(File *file, char *path, uint64_t *random, unsigned keep) {
  makeParents(path);
  int flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
  if (descriptor < 0) return errno;
  int chosen = choose(file->lengthCount, random, keep);
  size_t length = chosen == 0 ? file->durableBytes : file->lengths[chosen - 1];
  int code = 0;
  for (size_t index = 0; code == 0 && index < file->pageCount; index += 1) {
    if (index * pageBytes >= length) break;
    code = writePage(descriptor, &file->pages[index], index, length, random, keep);
  }
  if (code == 0 && syscall(SYS_ftruncate, descriptor, (off_t)length) != 0) code = errno;
  syscall(SYS_close, descriptor);
  return code;
}

// Whether the name, and those of the directories above it, are there after the cut.
static bool survives(FaultyDisk *disk, const char *path, uint64_t seed, unsigned keep) {
  for (Name *name = disk->names; name != NULL; name = name->next) {
    size_t length = strlen(name->path);
    if (strncmp(path, name->path, length) != 0) continue;
    if (path[length] != 0 && path[length] != '/') continue;
    bool isThere = name->isThere;
    if (isThere != name->wasThereForCertain) {
      // The same answer for all that lies below, so not from the running generator.
      uint64_t random = seed ^ (uint64_t)(length * 2654435761u) ^ (uint64_t)name->path[length - 1];
      if (choose(1, &random, keep) == 0) isThere = name->wasThereForCertain;
    }
    if (!isThere) return false;
  }
  return true;
}

int faulty_disk_cut(FaultyDisk *disk, const char *target, uint64_t seed, unsigned keep) {
  pthread_mutex_lock(&diskMutex);
  uint64_t random = seed;
  int code = 0;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/", target);
  makeParents(path);
  for (Name *name = disk->names; code == 0 && name != NULL; name = name->next) {
    if (!survives(disk, name->path, seed, keep)) continue;
    snprintf(path, sizeof path, "%s%s", target, name->path + disk->directoryLength);
    if (name->file != NULL) {
      code = writeFile(name->file, path, &random, keep);
    } else {
      makeParents(path);
      syscall(SYS_mkdir, path, 0700);
    }
  }
  pthread_mutex_unlock(&diskMutex);
  return code;
}
