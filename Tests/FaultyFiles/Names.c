#define _GNU_SOURCE
#include "Disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The path of a new name as the kernel will have it: the folder's, and the last part.
static bool canonicalPath(const char *path, char canonical[PATH_MAX]) {
  char folder[PATH_MAX];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length -= 1;
  if (length >= sizeof folder) return false;
  memcpy(folder, path, length);
  folder[length] = 0;
  char *slash = strrchr(folder, '/');
  const char *last = slash == NULL ? folder : slash + 1;
  char name[NAME_MAX + 1];
  if (strlen(last) > NAME_MAX) return false;
  strcpy(name, last);
  if (slash == NULL) {
    strcpy(folder, ".");
  } else {
    slash[slash == folder ? 1 : 0] = 0;
  }
  char resolved[PATH_MAX];
  if (realpath(folder, resolved) == NULL) return false;
  return snprintf(canonical, PATH_MAX, "%s/%s", resolved, name) < PATH_MAX;
}

// The disk that a new name lies on.
static FaultyDisk *diskOfName(const char *path, char canonical[PATH_MAX]) {
  if (atomic_load(&attachedDisks) == 0 || !canonicalPath(path, canonical)) return NULL;
  return diskOf(canonical);
}

// MARK: - Opening

static void describe(FaultyDisk *disk, const char *path, int descriptor, int flags, bool isNew) {
  if (descriptor >= maximumDescriptors) return;
  Descriptor *target = calloc(1, sizeof(Descriptor));
  target->disk = disk;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    target->directory = strdup(path);
  } else {
    target->file = fileOf(disk, descriptor, isNew);
    target->isSynchronous = (flags & O_DSYNC) != 0;
    if (isNew) noteName(disk, path, target->file);
    else noteKnownName(disk, path, target->file);
  }
  atomic_store(&descriptors[descriptor], target);
}

static int openThrough(const char *path, int flags, mode_t mode) {
  char canonical[PATH_MAX];
  if (atomic_load(&attachedDisks) == 0) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  }
  pthread_mutex_lock(&diskMutex);
  bool isNew = false;
  FaultyDisk *disk = NULL;
  if (flags & O_CREAT) {
    disk = diskOfName(path, canonical);
    isNew = disk != NULL && access(canonical, F_OK) != 0;
  } else if (realpath(path, canonical) != NULL) {
    disk = diskOf(canonical);
  }
  int descriptor;
  bool truncates = (flags & O_TRUNC) != 0;
  if (disk != NULL && meetCall(disk, FAULTY_OPEN)) {
    descriptor = -1;
  } else if (disk == NULL) {
    descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  } else {
    descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~O_TRUNC, mode);
    if (descriptor >= 0) {
      describe(disk, canonical, descriptor, flags, isNew);
      if (truncates && ftruncate(descriptor, 0) != 0) {
        close(descriptor);
        descriptor = -1;
      }
    }
  }
  pthread_mutex_unlock(&diskMutex);
  return descriptor;
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return openThrough(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return openThrough(path, flags, mode);
}

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < maximumDescriptors) {
    Descriptor *target = atomic_exchange(&descriptors[descriptor], NULL);
    if (target != NULL) {
      free(target->directory);
      free(target);
    }
  }
  return (int)syscall(SYS_close, descriptor);
}

// MARK: - Names

int mkdir(const char *path, mode_t mode) {
  char canonical[PATH_MAX];
  pthread_mutex_lock(&diskMutex);
  FaultyDisk *disk = diskOfName(path, canonical);
  int code = -1;
  if (disk == NULL || !meetCall(disk, FAULTY_NAME)) {
    code = (int)syscall(SYS_mkdir, path, mode);
    if (code == 0 && disk != NULL) noteName(disk, canonical, NULL);
  }
  pthread_mutex_unlock(&diskMutex);
  return code;
}

int rename(const char *from, const char *to) {
  char source[PATH_MAX];
  char target[PATH_MAX];
  pthread_mutex_lock(&diskMutex);
  FaultyDisk *disk = diskOfName(from, source);
  int code = -1;
  if (disk == NULL || !meetCall(disk, FAULTY_NAME)) {
    code = (int)syscall(SYS_rename, from, to);
    if (code == 0 && disk != NULL && diskOfName(to, target) == disk) {
      noteRenamed(disk, source, target);
    }
  }
  pthread_mutex_unlock(&diskMutex);
  return code;
}

static int removeThrough(const char *path, long number) {
  char canonical[PATH_MAX];
  pthread_mutex_lock(&diskMutex);
  FaultyDisk *disk = diskOfName(path, canonical);
  int code = -1;
  if (disk == NULL || !meetCall(disk, FAULTY_NAME)) {
    code = (int)syscall(number, path);
    if (code == 0 && disk != NULL) noteGone(disk, canonical);
  }
  pthread_mutex_unlock(&diskMutex);
  return code;
}

int unlink(const char *path) {
  return removeThrough(path, SYS_unlink);
}

int rmdir(const char *path) {
  return removeThrough(path, SYS_rmdir);
}
