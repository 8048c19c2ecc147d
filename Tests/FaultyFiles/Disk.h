#ifndef RECOUNT_FAULTY_DISK_H
#define RECOUNT_FAULTY_DISK_H

#include "FaultyFiles.h"

#include <pthread.h>
#include <sys/types.h>

enum { pageBytes = 4096, sectorBytes = 512, maximumDisks = 64, maximumDescriptors = 4096 };

// A page of a file. NULL stands for zeros.
typedef struct {
  unsigned char *durable;
  // What the page has been since it was last on disk for certain, oldest first.
  unsigned char **versions;
  int versionCount;
  // Whether a sync would write it.
  bool isDirty;
} Page;

typedef struct File {
  dev_t device;
  ino_t inode;
  Page *pages;
  size_t pageCount;
  size_t durableBytes;
  size_t *lengths;
  int lengthCount;
  struct File *next;
} File;

// A file's or a directory's name.
typedef struct Name {
  char *path;
  // NULL: a directory.
  File *file;
  bool isThere;
  bool wasThereForCertain;
  struct Name *next;
} Name;

struct FaultyDisk {
  char *directory;
  size_t directoryLength;
  bool isAttached;
  bool isDead;
  FaultyPlan plan;
  uint64_t planCalls;
  uint64_t calls[6];
  void (*observe)(void *);
  void *observeContext;
  File *files;
  Name *names;
};

// What a descriptor stands for; a directory has no file.
typedef struct {
  FaultyDisk *disk;
  File *file;
  bool isSynchronous;
  char *directory;
} Descriptor;

// Recursive, as an observer makes calls of its own.
extern pthread_mutex_t diskMutex;
// By descriptor; read without the mutex to let ordinary ones pass quickly.
extern _Atomic(Descriptor *) descriptors[maximumDescriptors];
extern _Atomic int attachedDisks;
extern FaultyDisk *disks[maximumDisks];

// The disk that `path` (canonical) lies on, or NULL.
FaultyDisk *diskOf(const char *path);
// The file behind a descriptor; loaded as being on disk unless `isNew`.
File *fileOf(FaultyDisk *disk, int descriptor, bool isNew);
// Notes a name that was made; that was there when its file was first opened; that is gone; that
// another one has taken over.
void noteName(FaultyDisk *disk, const char *path, File *file);
void noteKnownName(FaultyDisk *disk, const char *path, File *file);
void noteGone(FaultyDisk *disk, const char *path);
void noteRenamed(FaultyDisk *disk, const char *from, const char *to);
// The names in a directory are as they are for certain.
void settleNames(FaultyDisk *disk, const char *directory);
// Takes over what the real file has in a range, as unsynced.
void noteWrite(File *file, int descriptor, off_t offset, size_t bytes);
// Takes over a new length; what lies beyond is zeros.
void noteLength(File *file, size_t bytes);
// What is dirty in a range of pages is on disk, or with `fails` clean without being there.
void settlePages(File *file, size_t firstByte, size_t endByte, bool fails);
void settleFile(File *file, bool fails);
void settleLength(File *file);
void settleDisk(FaultyDisk *disk, bool fails);
void releaseDisk(FaultyDisk *disk);
// Counts a call; true, with errno set, if it is to fail.
bool meetCall(FaultyDisk *disk, int kind);

#endif
