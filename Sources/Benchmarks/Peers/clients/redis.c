// Redis Streams over its own protocol. A commit of several events is MULTI, the XADDs and EXEC in
// one write: one run of the event loop, so one fsync of the append-only file, and all or nothing.
// The variant `pipeline` leaves MULTI and EXEC out: nothing holds the events together then.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

const bool canReadSubjects = false;

const char *clientVersion(void) { return ""; }

struct session {
  struct channel channel;
  struct buffer output;
  const char *name;
  bool isNumbered;   // a single writer gives its own ids, so that positions can be read back
  bool isPipelined;
};

struct session *sessionOpen(const struct options *options, size_t thread) {
  (void)thread;
  struct session *session = calloc(1, sizeof *session);
  channelOpen(&session->channel, atoi(options->at));
  session->name = options->name;
  session->isNumbered = options->clients == 1;
  session->isPipelined = strcmp(options->variant, "pipeline") == 0;
  return session;
}

void sessionClose(struct session *session) {
  channelClose(&session->channel);
  free(session->output.bytes);
  free(session);
}

static void bulk(struct buffer *output, const void *bytes, size_t count) {
  bufferAdd(output, "$", 1);
  bufferNumber(output, count);
  bufferAdd(output, "\r\n", 2);
  bufferAdd(output, bytes, count);
  bufferAdd(output, "\r\n", 2);
}

static void text(struct buffer *output, const char *string) {
  bulk(output, string, strlen(string));
}

static void number(struct buffer *output, uint64_t value, const char *ending) {
  char digits[32];
  snprintf(digits, sizeof digits, "%llu%s", (unsigned long long)value, ending);
  text(output, digits);
}

static void addEvent(struct session *session, const struct event *event) {
  struct buffer *output = &session->output;
  bufferText(output, "*13\r\n");
  text(output, "XADD");
  text(output, session->name);
  if (session->isNumbered) number(output, event->number, "-0");
  else text(output, "*");
  text(output, "id");
  bulk(output, event->id, 16);
  text(output, "subject");
  bulk(output, event->subject, event->subjectBytes);
  text(output, "type");
  bulk(output, event->type, event->typeBytes);
  text(output, "time");
  number(output, (uint64_t)event->time, "");
  text(output, "data");
  bulk(output, event->data, event->dataBytes);
}

/// Reads one reply of any kind; returns the bytes of the strings in it.
static size_t reply(struct session *session) {
  size_t bytes;
  char *line = channelLine(&session->channel, &bytes);
  long long count;
  size_t total = 0;
  switch (line[0]) {
    case '-':
      fail("redis: %.*s", (int)bytes, line);
    case '$':
      count = atoll(line + 1);
      if (count < 0) return 0;
      channelBytes(&session->channel, (size_t)count + 2);
      return (size_t)count;
    case '*':
      count = atoll(line + 1);
      for (long long index = 0; index < count; index += 1) total += reply(session);
      return total;
    default:
      return 0;
  }
}

void sessionAppend(struct session *session, const struct event *events, size_t count) {
  bool isAtomic = count > 1 && !session->isPipelined;
  session->output.count = 0;
  if (isAtomic) bufferText(&session->output, "*1\r\n$5\r\nMULTI\r\n");
  for (size_t index = 0; index < count; index += 1) addEvent(session, &events[index]);
  if (isAtomic) bufferText(&session->output, "*1\r\n$4\r\nEXEC\r\n");
  channelSend(&session->channel, &session->output);
  for (size_t index = 0; index < count + (isAtomic ? 2 : 0); index += 1) reply(session);
}

static void sendRange(struct session *session, const char *first, const char *last,
                      const char *limit) {
  session->output.count = 0;
  bufferText(&session->output, "*6\r\n");
  text(&session->output, "XRANGE");
  text(&session->output, session->name);
  text(&session->output, first);
  text(&session->output, last);
  text(&session->output, "COUNT");
  text(&session->output, limit);
  channelSend(&session->channel, &session->output);
}

uint64_t sessionScan(struct session *session, uint64_t *bytes) {
  char first[64] = "-";
  uint64_t total = 0;
  for (;;) {
    sendRange(session, first, "+", "2000");
    size_t lineBytes;
    char *line = channelLine(&session->channel, &lineBytes);
    if (line[0] != '*') fail("redis: %.*s", (int)lineBytes, line);
    long count = atol(line + 1);
    if (count <= 0) return total;
    for (long index = 0; index < count; index += 1) {
      channelLine(&session->channel, &lineBytes);  // *2: the id, then the fields
      line = channelLine(&session->channel, &lineBytes);
      size_t idBytes = (size_t)atol(line + 1);
      char *id = channelBytes(&session->channel, idBytes + 2);
      snprintf(first, sizeof first, "(%.*s", (int)idBytes, id);
      *bytes += reply(session);
    }
    total += (uint64_t)count;
  }
}

size_t sessionRead(struct session *session, uint64_t position) {
  char id[32];
  snprintf(id, sizeof id, "%llu-0", (unsigned long long)position);
  sendRange(session, id, id, "1");
  return reply(session);
}

uint64_t sessionReadSubject(struct session *session, const char *subject, size_t bytes) {
  (void)session, (void)subject, (void)bytes;
  return 0;
}
