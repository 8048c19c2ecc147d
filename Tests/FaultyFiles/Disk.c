#define _GNU_SOURCE
#include "Disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const unsigned char zeros[pageBytes];

FaultyDisk *diskOf(const char *path) {
  for (int index = 0; index < maximumDisks; index += 1) {
    FaultyDisk *disk = disks[index];
    if (disk == NULL || strncmp(path, disk->directory, disk->directoryLength) != 0) continue;
    char after = path[disk->directoryLength];
    if (after == 0 || after == '/') return disk;
  }
  return NULL;
}

// The page's bytes in the real file, which is the page cache; NULL for zeros.
static unsigned char *cachedPage(int descriptor, size_t index) {
  unsigned char *bytes = calloc(1, pageBytes);
  // A descriptor for writing only is read through a second one.
  char path[64];
  ssize_t count = syscall(SYS_pread64, descriptor, bytes, pageBytes, (off_t)index * pageBytes);
  if (count < 0) {
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    int reader = (int)syscall(SYS_openat, -100, path, 0, 0);
    if (reader >= 0) {
      count = syscall(SYS_pread64, reader, bytes, pageBytes, (off_t)index * pageBytes);
      syscall(SYS_close, reader);
    }
  }
  if (memcmp(bytes, zeros, pageBytes) != 0) return bytes;
  free(bytes);
  return NULL;
}

static void reservePages(File *file, size_t count) {
  if (count <= file->pageCount) return;
  file->pages = realloc(file->pages, count * sizeof(Page));
  memset(file->pages + file->pageCount, 0, (count - file->pageCount) * sizeof(Page));
  file->pageCount = count;
}

File *fileOf(FaultyDisk *disk, int descriptor, bool isNew) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return NULL;
  for (File *file = disk->files; file != NULL; file = file->next) {
    if (file->device == status.st_dev && file->inode == status.st_ino) return file;
  }
  File *file = calloc(1, sizeof(File));
  file->device = status.st_dev;
  file->inode = status.st_ino;
  file->next = disk->files;
  disk->files = file;
  if (isNew) return file;
  file->durableBytes = (size_t)status.st_size;
  reservePages(file, (file->durableBytes + pageBytes - 1) / pageBytes);
  for (size_t index = 0; index < file->pageCount; index += 1) {
    file->pages[index].durable = cachedPage(descriptor, index);
  }
  return file;
}

static Name *nameOf(FaultyDisk *disk, const char *path) {
  Name *name = disk->names;
  while (name != NULL && strcmp(name->path, path) != 0) name = name->next;
  if (name != NULL) return name;
  name = calloc(1, sizeof(Name));
  name->path = strdup(path);
  name->next = disk->names;
  disk->names = name;
  return name;
}

void noteName(FaultyDisk *disk, const char *path, File *file) {
  Name *name = nameOf(disk, path);
  name->file = file;
  name->isThere = true;
}

void noteKnownName(FaultyDisk *disk, const char *path, File *file) {
  Name *name = nameOf(disk, path);
  if (name->isThere) return;
  name->file = file;
  name->isThere = true;
  name->wasThereForCertain = true;
}

void noteGone(FaultyDisk *disk, const char *path) {
  nameOf(disk, path)->isThere = false;
}

void noteRenamed(FaultyDisk *disk, const char *from, const char *to) {
  Name *old = nameOf(disk, from);
  noteName(disk, to, old->file);
  old->isThere = false;
}

void settleNames(FaultyDisk *disk, const char *directory) {
  size_t length = strlen(directory);
  for (Name *name = disk->names; name != NULL; name = name->next) {
    if (strncmp(name->path, directory, length) != 0 || name->path[length] != '/') continue;
    if (strchr(name->path + length + 1, '/') != NULL) continue;
    name->wasThereForCertain = name->isThere;
  }
}

static void addVersion(Page *page, unsigned char *bytes) {
  page->versions = realloc(page->versions, (page->versionCount + 1) * sizeof(unsigned char *));
  page->versions[page->versionCount] = bytes;
  page->versionCount += 1;
  page->isDirty = true;
}

static void addLength(File *file, size_t bytes) {
  file->lengths = realloc(file->lengths, (file->lengthCount + 1) * sizeof(size_t));
  file->lengths[file->lengthCount] = bytes;
  file->lengthCount += 1;
}

static size_t presentLength(File *file) {
  return file->lengthCount > 0 ? file->lengths[file->lengthCount - 1] : file->durableBytes;
}

void noteWrite(File *file, int descriptor, off_t offset, size_t bytes) {
  if (bytes == 0) return;
  size_t end = (size_t)offset + bytes;
  reservePages(file, (end + pageBytes - 1) / pageBytes);
  for (size_t index = (size_t)offset / pageBytes; index * pageBytes < end; index += 1) {
    addVersion(&file->pages[index], cachedPage(descriptor, index));
  }
  if (end > presentLength(file)) addLength(file, end);
}

void noteLength(File *file, size_t bytes) {
  size_t before = presentLength(file);
  if (bytes == before) return;
  reservePages(file, (bytes + pageBytes - 1) / pageBytes);
  for (size_t index = bytes / pageBytes; index * pageBytes < before; index += 1) {
    Page *page = &file->pages[index];
    unsigned char *last = page->versionCount > 0 ? page->versions[page->versionCount - 1]
                                                 : page->durable;
    size_t kept = index * pageBytes < bytes ? bytes - index * pageBytes : 0;
    unsigned char *rest = NULL;
    if (last != NULL && kept > 0) {
      rest = calloc(1, pageBytes);
      memcpy(rest, last, kept);
    }
    addVersion(page, rest);
  }
  addLength(file, bytes);
}

static void forgetVersions(Page *page, int count) {
  for (int index = 0; index < count; index += 1) free(page->versions[index]);
  page->versionCount = 0;
  page->isDirty = false;
}

void settlePages(File *file, size_t firstByte, size_t endByte, bool fails) {
  for (size_t index = firstByte / pageBytes;
       index < file->pageCount && index * pageBytes < endByte; index += 1) {
    Page *page = &file->pages[index];
    if (!page->isDirty) continue;
    if (fails) {
      page->isDirty = false;
      continue;
    }
    free(page->durable);
    page->durable = page->versions[page->versionCount - 1];
    forgetVersions(page, page->versionCount - 1);
  }
}

void settleLength(File *file) {
  file->durableBytes = presentLength(file);
  file->lengthCount = 0;
}

void settleFile(File *file, bool fails) {
  settlePages(file, 0, (size_t)-1, fails);
  if (!fails) settleLength(file);
}

void settleDisk(FaultyDisk *disk, bool fails) {
  for (File *file = disk->files; file != NULL; file = file->next) settleFile(file, fails);
  if (fails) return;
  for (Name *name = disk->names; name != NULL; name = name->next) {
    name->wasThereForCertain = name->isThere;
  }
}

static void releaseFile(File *file) {
  for (size_t index = 0; index < file->pageCount; index += 1) {
    Page *page = &file->pages[index];
    free(page->durable);
    forgetVersions(page, page->versionCount);
    free(page->versions);
  }
  free(file->pages);
  free(file->lengths);
  free(file);
}

void releaseDisk(FaultyDisk *disk) {
  while (disk->files != NULL) {
    File *file = disk->files;
    disk->files = file->next;
    releaseFile(file);
  }
  while (disk->names != NULL) {
    Name *name = disk->names;
    disk->names = name->next;
    free(name->path);
    free(name);
  }
  free(disk->directory);
  free(disk);
}
