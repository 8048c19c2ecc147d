// What a peer's client gives, and what the harness in client.c gives it.
#ifndef RECOUNT_PEER_CLIENT_H
#define RECOUNT_PEER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One event, as every peer stores it.
struct event {
  unsigned char id[16];
  const char *subject;
  size_t subjectBytes;
  const char *type;
  size_t typeBytes;
  int64_t time;      // microseconds since 1970
  const char *data;  // a JSON object
  size_t dataBytes;
  uint64_t number;   // counts from 1
};

/// What the command line says.
struct options {
  const char *command;  // append, load, scan, reads, subjects
  const char *at;       // where the peer is: a connection string, a port, a file
  const char *name;     // the table, stream or key
  const char *variant;  // which of the client's ways to write
  const char *file;     // load: the events, a line each
  size_t perCommit;
  size_t clients;
  size_t limit;         // events of an append at most; reads to make
  double seconds;       // an append ends after so many
  uint64_t count;       // reads: events that are there
  uint64_t seed;
};

/// A connection of one thread.
struct session;

struct session *sessionOpen(const struct options *options, size_t thread);
void sessionClose(struct session *session);

/// Returns when all events are durable, together or not at all where the peer can do that.
void sessionAppend(struct session *session, const struct event *events, size_t count);

/// Reads all events in order; returns how many. `bytes` adds up their data.
uint64_t sessionScan(struct session *session, uint64_t *bytes);

/// Reads the event at a position from 1; returns the size of its data, 0: not there.
size_t sessionRead(struct session *session, uint64_t position);

/// Reads all events of a subject in order; returns how many. Called only where `canReadSubjects`.
uint64_t sessionReadSubject(struct session *session, const char *subject, size_t bytes);

extern const bool canReadSubjects;

/// The version of the library that the client runs on; empty where there is none.
const char *clientVersion(void);

/// Ends the process with a message on standard error.
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/// `id` as a UUID of 36 characters and a closing zero.
void writeUUID(const unsigned char id[16], char text[37]);

/// A buffer that grows.
struct buffer {
  char *bytes;
  size_t count;
  size_t capacity;
};

/// Makes room for `count` more bytes and returns where they go.
char *bufferReserve(struct buffer *buffer, size_t count);
void bufferAdd(struct buffer *buffer, const void *bytes, size_t count);
void bufferText(struct buffer *buffer, const char *text);
void bufferNumber(struct buffer *buffer, uint64_t number);

/// A TCP connection to 127.0.0.1 with a buffer for what comes in.
struct channel {
  int descriptor;
  struct buffer input;
  size_t start;  // of what has not been taken yet
};

void channelOpen(struct channel *channel, int port);
void channelClose(struct channel *channel);
void channelSend(struct channel *channel, const struct buffer *output);
/// The next line without its CRLF; valid until the next call.
char *channelLine(struct channel *channel, size_t *bytes);
/// The next `count` bytes; valid until the next call.
char *channelBytes(struct channel *channel, size_t count);

#endif
