// NATS JetStream over its own protocol. Variants of a commit of several events:
//   publish   each published with a reply subject, then all acknowledgements awaited
//   batch     an atomic batch (servers from 2.12): all or nothing, one acknowledgement
// An event's id is its `Nats-Msg-Id`, by which the server refuses duplicates.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

const bool canReadSubjects = true;

const char *clientVersion(void) { return ""; }

struct session {
  struct channel channel;
  struct buffer output, payload, header;
  const char *name;
  bool isAtomic;
  uint64_t batch;
  uint64_t inbox;   // unlike those of the other threads
  uint64_t wanted;  // a scan ends after so many
};

static void flush(struct session *session) {
  channelSend(&session->channel, &session->output);
  session->output.count = 0;
}

struct session *sessionOpen(const struct options *options, size_t thread) {
  struct session *session = calloc(1, sizeof *session);
  channelOpen(&session->channel, atoi(options->at));
  session->name = options->name;
  session->isAtomic = strcmp(options->variant, "batch") == 0;
  session->wanted = options->count;
  session->inbox = options->seed * 1000 + thread;
  size_t bytes;
  channelLine(&session->channel, &bytes);  // INFO
  bufferText(&session->output,
             "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,"
             "\"no_responders\":true,\"lang\":\"c\",\"version\":\"1\"}\r\n");
  bufferText(&session->output, "SUB _INBOX.");
  bufferNumber(&session->output, session->inbox);
  bufferText(&session->output, " 1\r\n");
  flush(session);
  return session;
}

void sessionClose(struct session *session) {
  channelClose(&session->channel);
  free(session->output.bytes);
  free(session->payload.bytes);
  free(session->header.bytes);
  free(session);
}

/// A message that came in.
struct message {
  char *bytes;  // headers, then data
  size_t headerBytes;
  size_t count;
  bool isStreamed;  // by a consumer, not an answer
};

/// Where the word of `line` begins that has `index` words after it.
static char *wordFromEnd(char *line, size_t bytes, size_t index) {
  char *at = line + bytes;
  for (;;) {
    while (at > line && at[-1] != ' ') at -= 1;
    if (index == 0 || at == line) return at;
    at -= 1;
    index -= 1;
  }
}

/// Waits for the next message, answering the server's pings.
static struct message receive(struct session *session) {
  for (;;) {
    size_t bytes;
    char *line = channelLine(&session->channel, &bytes);
    if (strncmp(line, "PING", 4) == 0) {
      bufferText(&session->output, "PONG\r\n");
      flush(session);
    } else if (strncmp(line, "-ERR", 4) == 0) {
      fail("nats: %.*s", (int)bytes, line);
    } else if (strncmp(line, "MSG ", 4) == 0 || strncmp(line, "HMSG ", 5) == 0) {
      // MSG subject sid [reply] size, or HMSG subject sid [reply] header-size size.
      bool hasHeader = line[0] == 'H';
      struct message message = {.count = strtoull(wordFromEnd(line, bytes, 0), NULL, 10)};
      if (hasHeader) message.headerBytes = strtoull(wordFromEnd(line, bytes, 1), NULL, 10);
      char *sid = memchr(line + 5, ' ', bytes - 5);
      message.isStreamed = sid != NULL && sid[1] == '2' && sid[2] == ' ';
      message.bytes = channelBytes(&session->channel, message.count + 2);
      return message;
    }
  }
}

/// Takes the answer to something published, and ends where it is a refusal.
static void acknowledged(struct session *session) {
  struct message message = receive(session);
  char *error = memmem(message.bytes, message.count, "\"error\"", 7);
  bool isRefused = message.headerBytes > 0 && memmem(message.bytes, message.count, " 503", 4);
  if (error != NULL || isRefused) fail("nats: %.*s", (int)message.count, message.bytes);
}

// MARK: - Append

static void publish(struct session *session, const struct event *event, const char *batchLines,
                    bool wantsReply) {
  char id[37];
  writeUUID(event->id, id);
  struct buffer *header = &session->header;
  header->count = 0;
  bufferText(header, "NATS/1.0\r\nNats-Msg-Id: ");
  bufferText(header, id);
  bufferText(header, "\r\nType: ");
  bufferAdd(header, event->type, event->typeBytes);
  bufferText(header, "\r\nTime: ");
  bufferNumber(header, (uint64_t)event->time);
  bufferText(header, "\r\n");
  bufferText(header, batchLines);
  bufferText(header, "\r\n");
  struct buffer *output = &session->output;
  bufferText(output, "HPUB ");
  bufferText(output, session->name);
  bufferText(output, ".");
  bufferAdd(output, event->subject, event->subjectBytes);
  if (wantsReply) {
    bufferText(output, " _INBOX.");
    bufferNumber(output, session->inbox);
  }
  bufferText(output, " ");
  bufferNumber(output, header->count);
  bufferText(output, " ");
  bufferNumber(output, header->count + event->dataBytes);
  bufferText(output, "\r\n");
  bufferAdd(output, header->bytes, header->count);
  bufferAdd(output, event->data, event->dataBytes);
  bufferText(output, "\r\n");
}

/// One atomic batch. The server answers the first message, and the one that commits.
static void appendBatch(struct session *session, const struct event *events, size_t count) {
  session->batch += 1;
  for (size_t index = 0; index < count; index += 1) {
    char lines[160];
    bool isLast = index + 1 == count;
    snprintf(lines, sizeof lines, "Nats-Batch-Id: b%llu-%llu\r\nNats-Batch-Sequence: %zu\r\n%s",
             (unsigned long long)session->inbox, (unsigned long long)session->batch, index + 1,
             isLast ? "Nats-Batch-Commit: 1\r\n" : "");
    publish(session, &events[index], lines, index == 0 || isLast);
  }
  flush(session);
  acknowledged(session);
  if (count > 1) acknowledged(session);
}

void sessionAppend(struct session *session, const struct event *events, size_t count) {
  if (session->isAtomic && count > 1) {
    appendBatch(session, events, count);
    return;
  }
  for (size_t index = 0; index < count; index += 1) publish(session, &events[index], "", true);
  flush(session);
  for (size_t index = 0; index < count; index += 1) acknowledged(session);
}

// MARK: - Reading

/// Asks the JetStream API; the answer comes to the inbox.
static void sendRequest(struct session *session, const char *subject, const char *body) {
  struct buffer *output = &session->output;
  bufferText(output, "PUB $JS.API.");
  bufferText(output, subject);
  bufferText(output, " _INBOX.");
  bufferNumber(output, session->inbox);
  bufferText(output, " ");
  bufferNumber(output, strlen(body));
  bufferText(output, "\r\n");
  bufferText(output, body);
  bufferText(output, "\r\n");
  flush(session);
}

/// An ephemeral push consumer without acknowledgements, as fast as the server sends.
uint64_t sessionScan(struct session *session, uint64_t *bytes) {
  struct buffer *output = &session->output;
  bufferText(output, "SUB _SCAN.");
  bufferNumber(output, session->inbox);
  bufferText(output, " 2\r\n");
  char subject[128], body[512];
  snprintf(subject, sizeof subject, "CONSUMER.CREATE.%s", session->name);
  snprintf(body, sizeof body,
           "{\"stream_name\":\"%s\",\"config\":{\"deliver_policy\":\"all\",\"ack_policy\":\"none\","
           "\"replay_policy\":\"instant\",\"deliver_subject\":\"_SCAN.%llu\",\"mem_storage\":true}}",
           session->name, (unsigned long long)session->inbox);
  sendRequest(session, subject, body);
  uint64_t count = 0;
  while (count < session->wanted) {
    struct message message = receive(session);
    if (!message.isStreamed) {
      if (memmem(message.bytes, message.count, "\"error\"", 7) != NULL) {
        fail("nats: %.*s", (int)message.count, message.bytes);
      }
      continue;
    }
    *bytes += message.count - message.headerBytes;
    count += 1;
  }
  return count;
}

size_t sessionRead(struct session *session, uint64_t position) {
  char subject[128], body[64];
  snprintf(subject, sizeof subject, "DIRECT.GET.%s", session->name);
  snprintf(body, sizeof body, "{\"seq\":%llu}", (unsigned long long)position);
  sendRequest(session, subject, body);
  struct message message = receive(session);
  return message.count - message.headerBytes;
}

/// A batch of direct reads (servers from 2.11): messages, then an empty one with status 204.
uint64_t sessionReadSubject(struct session *session, const char *subject, size_t bytes) {
  char api[128], body[512];
  snprintf(api, sizeof api, "DIRECT.GET.%s", session->name);
  snprintf(body, sizeof body, "{\"seq\":1,\"batch\":100000,\"next_by_subj\":\"%s.%.*s\"}",
           session->name, (int)bytes, subject);
  sendRequest(session, api, body);
  uint64_t count = 0;
  for (;;) {
    struct message message = receive(session);
    if (message.headerBytes >= 12 && memcmp(message.bytes, "NATS/1.0 ", 9) == 0) {
      if (memcmp(message.bytes + 9, "204", 3) == 0 || memcmp(message.bytes + 9, "404", 3) == 0) {
        return count;
      }
      fail("nats: %.*s", (int)message.count, message.bytes);
    }
    count += 1;
  }
}
