// The harness of every peer's client: makes or reads the events, runs the threads, times each
// commit and prints one JSON object.
#include "client.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "SampleEvent.h"

static struct options options = {.name = "events", .variant = "", .perCommit = 1, .clients = 1,
                                 .limit = SIZE_MAX, .seconds = 1};

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void writeUUID(const unsigned char id[16], char text[37]) {
  static const char digits[] = "0123456789abcdef";
  char *end = text;
  for (int index = 0; index < 16; index += 1) {
    if (index == 4 || index == 6 || index == 8 || index == 10) *end++ = '-';
    *end++ = digits[id[index] >> 4];
    *end++ = digits[id[index] & 15];
  }
  *end = 0;
}

// MARK: - Latencies

struct latencies {
  uint64_t *nanoseconds;
  size_t count;
  size_t capacity;
};

static void latenciesAdd(struct latencies *latencies, uint64_t nanoseconds) {
  if (latencies->count == latencies->capacity) {
    latencies->capacity = latencies->capacity == 0 ? 1 << 16 : latencies->capacity * 2;
    latencies->nanoseconds =
        realloc(latencies->nanoseconds, latencies->capacity * sizeof(uint64_t));
  }
  latencies->nanoseconds[latencies->count++] = nanoseconds;
}

static int compare(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

static void printLatencies(struct latencies *all) {
  static const struct {
    const char *name;
    double share;
  } ranks[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}};
  qsort(all->nanoseconds, all->count, sizeof(uint64_t), compare);
  printf(",\"microseconds\":{");
  for (size_t index = 0; index < 5; index += 1) {
    // The smallest figure that at least this share of all figures does not exceed.
    size_t rank = (size_t)(ranks[index].share * (double)all->count + 0.999999);
    rank = rank == 0 ? 0 : rank - 1;
    if (rank >= all->count) rank = all->count - 1;
    printf("%s\"%s\":%.3f", index == 0 ? "" : ",", ranks[index].name,
           all->count == 0 ? 0.0 : (double)all->nanoseconds[rank] / 1000);
  }
  printf("}");
}

// MARK: - Append

enum { poolSize = 4096 };
static char pool[poolSize][sampleDataBytes];
static _Atomic uint64_t next;
static _Atomic uint64_t deadline;
static pthread_barrier_t opened, begun;

static void fillPool(void) {
  for (size_t index = 0; index < poolSize; index += 1) {
    char *data = pool[index];
    memcpy(data, "{\"note\":\"", 9);
    sampleText(index, data + 9, sampleDataBytes - 11);
    memcpy(data + sampleDataBytes - 2, "\"}", 2);
  }
}

struct worker {
  pthread_t thread;
  size_t index;
  struct latencies latencies;
  uint64_t events;
  uint64_t end;
};

static void makeEvents(struct event *events, char (*subjects)[sampleSubjectBytes], size_t count) {
  uint64_t first = atomic_fetch_add(&next, count) + 1;
  for (size_t index = 0; index < count; index += 1) {
    uint64_t number = first + index;
    struct event *event = &events[index];
    sampleSubject(number, subjects[index]);
    *event = (struct event){
        .subject = subjects[index], .subjectBytes = sampleSubjectBytes, .type = sampleType,
        .typeBytes = sizeof sampleType - 1, .time = (int64_t)(1700000000000000 + number),
        .data = pool[number % poolSize], .dataBytes = sampleDataBytes, .number = number};
    sampleID(options.seed, number, event->id);
  }
}

static void *appendThread(void *argument) {
  struct worker *worker = argument;
  struct session *session = sessionOpen(&options, worker->index);
  struct event *events = calloc(options.perCommit, sizeof *events);
  char(*subjects)[sampleSubjectBytes] = calloc(options.perCommit, sampleSubjectBytes);
  pthread_barrier_wait(&opened);
  pthread_barrier_wait(&begun);
  while (atomic_load(&next) + options.perCommit <= options.limit) {
    makeEvents(events, subjects, options.perCommit);
    uint64_t started = now();
    sessionAppend(session, events, options.perCommit);
    worker->end = now();
    latenciesAdd(&worker->latencies, worker->end - started);
    worker->events += options.perCommit;
    if (worker->end >= atomic_load(&deadline)) break;
  }
  sessionClose(session);
  free(events);
  free(subjects);
  return NULL;
}

static void append(void) {
  fillPool();
  struct worker *workers = calloc(options.clients, sizeof *workers);
  pthread_barrier_init(&opened, NULL, (unsigned)options.clients + 1);
  pthread_barrier_init(&begun, NULL, (unsigned)options.clients + 1);
  for (size_t index = 0; index < options.clients; index += 1) {
    workers[index].index = index;
    pthread_create(&workers[index].thread, NULL, appendThread, &workers[index]);
  }
  pthread_barrier_wait(&opened);
  uint64_t started = now(), end = started;
  atomic_store(&deadline, started + (uint64_t)(options.seconds * 1e9));
  pthread_barrier_wait(&begun);
  struct latencies all = {0};
  uint64_t events = 0;
  for (size_t index = 0; index < options.clients; index += 1) {
    struct worker *worker = &workers[index];
    pthread_join(worker->thread, NULL);
    events += worker->events;
    if (worker->end > end) end = worker->end;
    for (size_t at = 0; at < worker->latencies.count; at += 1) {
      latenciesAdd(&all, worker->latencies.nanoseconds[at]);
    }
  }
  printf("{\"events\":%llu,\"seconds\":%.6f", (unsigned long long)events,
         (double)(end - started) / 1e9);
  printLatencies(&all);
  printf("}\n");
}

// MARK: - Load

static const char *takeField(char **line, size_t *bytes) {
  char *start = *line, *end = start;
  while (*end != '\t' && *end != '\n' && *end != 0) end += 1;
  *bytes = (size_t)(end - start);
  *line = *end == 0 ? end : end + 1;
  return start;
}

static unsigned nibble(char digit) {
  return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
}

/// A line is `id in hex, subject, type, time, data`, with tabs between.
static bool parseEvent(char **line, struct event *event) {
  if (**line == 0) return false;
  size_t bytes;
  const char *id = takeField(line, &bytes);
  if (bytes != 32) fail("a line of %s has no id", options.file);
  for (size_t index = 0; index < 16; index += 1) {
    event->id[index] = (unsigned char)(nibble(id[2 * index]) << 4 | nibble(id[2 * index + 1]));
  }
  event->subject = takeField(line, &event->subjectBytes);
  event->type = takeField(line, &event->typeBytes);
  event->time = strtoll(takeField(line, &bytes), NULL, 10);
  event->data = takeField(line, &event->dataBytes);
  return true;
}

static void load(void) {
  FILE *file = fopen(options.file, "r");
  if (file == NULL) fail("%s cannot be read", options.file);
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  if (fread(text, 1, size, file) != size) fail("%s cannot be read", options.file);
  text[size] = 0;
  fclose(file);
  struct session *session = sessionOpen(&options, 0);
  struct event *events = calloc(options.perCommit, sizeof *events);
  uint64_t loaded = 0, started = now();
  for (char *line = text; *line != 0;) {
    size_t count = 0;
    while (count < options.perCommit && parseEvent(&line, &events[count])) {
      count += 1;
      events[count - 1].number = loaded + count;
    }
    sessionAppend(session, events, count);
    loaded += count;
  }
  sessionClose(session);
  printf("{\"events\":%llu,\"seconds\":%.6f}\n", (unsigned long long)loaded,
         (double)(now() - started) / 1e9);
}

// MARK: - Reading

static void scan(void) {
  struct session *session = sessionOpen(&options, 0);
  uint64_t bytes = 0, started = now();
  uint64_t events = sessionScan(session, &bytes);
  double seconds = (double)(now() - started) / 1e9;
  sessionClose(session);
  printf("{\"events\":%llu,\"bytes\":%llu,\"seconds\":%.6f}\n", (unsigned long long)events,
         (unsigned long long)bytes, seconds);
}

static void reads(void) {
  struct session *session = sessionOpen(&options, 0);
  struct latencies latencies = {0};
  uint64_t begun = now();
  for (uint64_t read = 0; read < options.limit; read += 1) {
    uint64_t position = sampleMix(options.seed + read) % options.count + 1;
    uint64_t started = now();
    if (sessionRead(session, position) == 0) {
      fail("there is no event at %llu", (unsigned long long)position);
    }
    latenciesAdd(&latencies, now() - started);
  }
  printf("{\"events\":%llu,\"seconds\":%.6f", (unsigned long long)options.limit,
         (double)(now() - begun) / 1e9);
  printLatencies(&latencies);
  printf("}\n");
  sessionClose(session);
}

/// Reads the subjects that the file names, a line each.
static void subjects(void) {
  FILE *file = fopen(options.file, "r");
  if (file == NULL) fail("%s cannot be read", options.file);
  struct session *session = sessionOpen(&options, 0);
  struct latencies latencies = {0};
  char line[512];
  uint64_t events = 0, begun = now();
  while (canReadSubjects && fgets(line, sizeof line, file) != NULL) {
    size_t bytes = strcspn(line, "\n");
    uint64_t started = now();
    events += sessionReadSubject(session, line, bytes);
    latenciesAdd(&latencies, now() - started);
  }
  fclose(file);
  printf("{\"events\":%llu,\"subjects\":%zu,\"seconds\":%.6f", (unsigned long long)events,
         latencies.count, (double)(now() - begun) / 1e9);
  printLatencies(&latencies);
  printf("}\n");
  sessionClose(session);
}

int main(int count, char **arguments) {
  if (count < 2) fail("usage: client append|load|scan|reads|subjects [name=value ...]");
  options.command = arguments[1];
  for (int index = 2; index < count; index += 1) {
    char *value = strchr(arguments[index], '=');
    if (value == NULL) fail("%s has no value", arguments[index]);
    *value++ = 0;
    const char *name = arguments[index];
    if (strcmp(name, "at") == 0) options.at = value;
    else if (strcmp(name, "name") == 0) options.name = value;
    else if (strcmp(name, "variant") == 0) options.variant = value;
    else if (strcmp(name, "file") == 0) options.file = value;
    else if (strcmp(name, "per-commit") == 0) options.perCommit = strtoull(value, NULL, 10);
    else if (strcmp(name, "clients") == 0) options.clients = strtoull(value, NULL, 10);
    else if (strcmp(name, "limit") == 0) options.limit = strtoull(value, NULL, 10);
    else if (strcmp(name, "seconds") == 0) options.seconds = strtod(value, NULL);
    else if (strcmp(name, "count") == 0) options.count = strtoull(value, NULL, 10);
    else if (strcmp(name, "seed") == 0) options.seed = strtoull(value, NULL, 10);
    else fail("%s is no option", name);
  }
  if (strcmp(options.command, "append") == 0) append();
  else if (strcmp(options.command, "load") == 0) load();
  else if (strcmp(options.command, "scan") == 0) scan();
  else if (strcmp(options.command, "reads") == 0) reads();
  else if (strcmp(options.command, "subjects") == 0) subjects();
  else if (strcmp(options.command, "version") == 0) printf("{\"version\":\"%s\"}\n", clientVersion());
  else fail("%s is no command", options.command);
  return 0;
}
