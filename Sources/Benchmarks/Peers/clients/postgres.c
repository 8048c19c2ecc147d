// PostgreSQL through libpq. Variants of a commit:
//   function   write_message for each event, pipelined, one transaction (what message-db offers)
//   insert     one multi-row INSERT from arrays
//   copy       COPY FROM STDIN
// `insert` and `copy` take no lock: with several writers, readers may see a later position first.
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

const bool canReadSubjects = true;

const char *clientVersion(void) {
  static char text[16];
  snprintf(text, sizeof text, "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
  return text;
}

enum way { wayFunction, wayInsert, wayCopy };

struct session {
  PGconn *connection;
  enum way way;
  struct buffer columns[6];
};

static void check(struct session *session, PGresult *result, ExecStatusType wanted) {
  if (PQresultStatus(result) != wanted) {
    fail("postgres: %s", PQerrorMessage(session->connection));
  }
  PQclear(result);
}

static void prepare(struct session *session, const char *name, const char *text) {
  check(session, PQprepare(session->connection, name, text, 0, NULL), PGRES_COMMAND_OK);
}

struct session *sessionOpen(const struct options *options, size_t thread) {
  (void)thread;
  struct session *session = calloc(1, sizeof *session);
  session->connection = PQconnectdb(options->at);
  if (PQstatus(session->connection) != CONNECTION_OK) {
    fail("postgres: %s", PQerrorMessage(session->connection));
  }
  session->way = strcmp(options->variant, "copy") == 0     ? wayCopy
                 : strcmp(options->variant, "insert") == 0 ? wayInsert
                                                           : wayFunction;
  prepare(session, "write",
          "SELECT write_message($1::uuid, $2, $3, $4::jsonb, $5::timestamptz)");
  prepare(session, "insert",
          "INSERT INTO messages (position, time, stream_name, type, data, id)"
          " SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[],"
          " $5::jsonb[], $6::uuid[])");
  prepare(session, "read", "SELECT * FROM messages WHERE global_position = $1::bigint");
  prepare(session, "subject", "SELECT * FROM messages WHERE stream_name = $1 ORDER BY position");
  return session;
}

void sessionClose(struct session *session) {
  PQfinish(session->connection);
  for (size_t index = 0; index < 6; index += 1) free(session->columns[index].bytes);
  free(session);
}

// MARK: - Append

/// Copies `bytes` with a backslash before each byte of `special`.
static void escaped(struct buffer *output, const char *bytes, size_t count, const char *special) {
  char *end = bufferReserve(output, count * 2);
  size_t written = 0;
  for (size_t index = 0; index < count; index += 1) {
    if (strchr(special, bytes[index]) != NULL) end[written++] = '\\';
    end[written++] = bytes[index];
  }
  output->count += written;
}

/// The stream of an event: its category, a dash, its subject.
static void streamName(struct buffer *output, const struct event *event) {
  bufferText(output, "customer-");
  bufferAdd(output, event->subject, event->subjectBytes);
}

/// `microseconds` since 1970 as PostgreSQL reads a time.
static void writeTime(int64_t microseconds, char text[40]) {
  time_t seconds = (time_t)(microseconds / 1000000);
  struct tm fields;
  gmtime_r(&seconds, &fields);
  size_t count = strftime(text, 40, "%Y-%m-%d %H:%M:%S", &fields);
  snprintf(text + count, 40 - count, ".%06d+00", (int)(microseconds % 1000000));
}

/// Sends what the connection still holds and takes results until the pipeline's end.
static void finishPipeline(struct session *session, size_t statements) {
  if (PQpipelineSync(session->connection) != 1) fail("postgres: the pipeline ended early");
  for (size_t index = 0; index < statements; index += 1) {
    check(session, PQgetResult(session->connection), PGRES_TUPLES_OK);
    PQclear(PQgetResult(session->connection));
  }
  check(session, PQgetResult(session->connection), PGRES_PIPELINE_SYNC);
}

static void appendByFunction(struct session *session, const struct event *events, size_t count) {
  // Statements between two syncs of a pipeline are one transaction.
  PQenterPipelineMode(session->connection);
  for (size_t index = 0; index < count; index += 1) {
    const struct event *event = &events[index];
    char id[37], time[40];
    writeUUID(event->id, id);
    writeTime(event->time, time);
    struct buffer *texts = session->columns;
    for (size_t column = 0; column < 3; column += 1) texts[column].count = 0;
    streamName(&texts[0], event);
    bufferAdd(&texts[1], event->type, event->typeBytes);
    bufferAdd(&texts[2], event->data, event->dataBytes);
    for (size_t column = 0; column < 3; column += 1) bufferAdd(&texts[column], "", 1);
    const char *values[] = {id, texts[0].bytes, texts[1].bytes, texts[2].bytes, time};
    if (PQsendQueryPrepared(session->connection, "write", 5, values, NULL, NULL, 0) != 1) {
      fail("postgres: %s", PQerrorMessage(session->connection));
    }
  }
  finishPipeline(session, count);
  PQexitPipelineMode(session->connection);
}

static void appendByInsert(struct session *session, const struct event *events, size_t count) {
  struct buffer *columns = session->columns;
  for (size_t column = 0; column < 6; column += 1) columns[column].count = 0;
  for (size_t index = 0; index < count; index += 1) {
    const struct event *event = &events[index];
    char id[37], time[40];
    writeUUID(event->id, id);
    writeTime(event->time, time);
    for (size_t column = 0; column < 6; column += 1) {
      bufferText(&columns[column], index == 0 ? "{" : ",");
    }
    bufferNumber(&columns[0], event->number);
    bufferText(&columns[1], "\"");
    bufferText(&columns[1], time);
    bufferText(&columns[1], "\"");
    streamName(&columns[2], event);
    bufferAdd(&columns[3], event->type, event->typeBytes);
    bufferText(&columns[4], "\"");
    escaped(&columns[4], event->data, event->dataBytes, "\"\\");
    bufferText(&columns[4], "\"");
    bufferText(&columns[5], id);
  }
  const char *values[6];
  for (size_t column = 0; column < 6; column += 1) {
    bufferAdd(&columns[column], "}", 2);
    values[column] = columns[column].bytes;
  }
  check(session, PQexecPrepared(session->connection, "insert", 6, values, NULL, NULL, 0),
        PGRES_COMMAND_OK);
}

static void appendByCopy(struct session *session, const struct event *events, size_t count) {
  struct buffer *rows = &session->columns[0];
  rows->count = 0;
  for (size_t index = 0; index < count; index += 1) {
    const struct event *event = &events[index];
    char id[37], time[40];
    writeUUID(event->id, id);
    writeTime(event->time, time);
    bufferNumber(rows, event->number);
    bufferText(rows, "\t");
    bufferText(rows, time);
    bufferText(rows, "\t");
    streamName(rows, event);
    bufferText(rows, "\t");
    bufferAdd(rows, event->type, event->typeBytes);
    bufferText(rows, "\t");
    escaped(rows, event->data, event->dataBytes, "\\");
    bufferText(rows, "\t");
    bufferText(rows, id);
    bufferText(rows, "\n");
  }
  check(session,
        PQexec(session->connection,
               "COPY messages (position, time, stream_name, type, data, id) FROM STDIN"),
        PGRES_COPY_IN);
  if (PQputCopyData(session->connection, rows->bytes, (int)rows->count) != 1 ||
      PQputCopyEnd(session->connection, NULL) != 1) {
    fail("postgres: %s", PQerrorMessage(session->connection));
  }
  check(session, PQgetResult(session->connection), PGRES_COMMAND_OK);
  PQclear(PQgetResult(session->connection));
}

void sessionAppend(struct session *session, const struct event *events, size_t count) {
  switch (session->way) {
    case wayFunction: appendByFunction(session, events, count); break;
    case wayInsert: appendByInsert(session, events, count); break;
    case wayCopy: appendByCopy(session, events, count); break;
  }
}

// MARK: - Reading

uint64_t sessionScan(struct session *session, uint64_t *bytes) {
  check(session,
        PQexec(session->connection,
               "COPY (SELECT * FROM messages ORDER BY global_position) TO STDOUT"),
        PGRES_COPY_OUT);
  uint64_t count = 0;
  char *row;
  int length;
  while ((length = PQgetCopyData(session->connection, &row, 0)) > 0) {
    *bytes += (uint64_t)length;
    count += 1;
    PQfreemem(row);
  }
  PQclear(PQgetResult(session->connection));
  return count;
}

static PGresult *query(struct session *session, const char *name, const char *value) {
  const char *values[] = {value};
  PGresult *result = PQexecPrepared(session->connection, name, 1, values, NULL, NULL, 0);
  if (PQresultStatus(result) != PGRES_TUPLES_OK) {
    fail("postgres: %s", PQerrorMessage(session->connection));
  }
  return result;
}

size_t sessionRead(struct session *session, uint64_t position) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)position);
  PGresult *result = query(session, "read", text);
  size_t bytes = PQntuples(result) == 1 ? (size_t)PQgetlength(result, 0, 5) : 0;
  PQclear(result);
  return bytes;
}

uint64_t sessionReadSubject(struct session *session, const char *subject, size_t bytes) {
  char stream[300];
  snprintf(stream, sizeof stream, "customer-%.*s", (int)bytes, subject);
  PGresult *result = query(session, "subject", stream);
  uint64_t count = (uint64_t)PQntuples(result);
  PQclear(result);
  return count;
}
