// SQLite in this process: WAL, synchronous=FULL, one prepared statement, one transaction a commit.
//
// SQLite has one writer at a time. The threads of this process take turns by a lock of their own:
// SQLite's busy handler would sleep and try again, which is slower and starves some.
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

const bool canReadSubjects = true;

const char *clientVersion(void) { return sqlite3_libversion(); }

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct session {
  sqlite3 *database;
  sqlite3_stmt *begin, *insert, *commit, *read, *readSubject;
};

static void run(sqlite3 *database, const char *statement) {
  char *message = NULL;
  if (sqlite3_exec(database, statement, NULL, NULL, &message) != SQLITE_OK) {
    fail("%s: %s", statement, message);
  }
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *text) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v3(database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
      SQLITE_OK) {
    fail("%s: %s", text, sqlite3_errmsg(database));
  }
  return statement;
}

static void step(struct session *session, sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail("%s", sqlite3_errmsg(session->database));
  sqlite3_reset(statement);
}

struct session *sessionOpen(const struct options *options, size_t thread) {
  (void)thread;
  struct session *session = calloc(1, sizeof *session);
  if (sqlite3_open(options->at, &session->database) != SQLITE_OK) fail("%s", options->at);
  sqlite3_busy_timeout(session->database, 60000);
  run(session->database,
      "PRAGMA journal_mode=WAL;"
      "PRAGMA synchronous=FULL;"
      "PRAGMA cache_size=-65536;"
      "CREATE TABLE IF NOT EXISTS events("
      "  position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, subject TEXT NOT NULL,"
      "  type TEXT NOT NULL, time INTEGER NOT NULL, data TEXT NOT NULL);"
      "CREATE INDEX IF NOT EXISTS events_subject ON events(subject, position);");
  session->begin = prepare(session->database, "BEGIN IMMEDIATE");
  session->commit = prepare(session->database, "COMMIT");
  session->insert = prepare(
      session->database, "INSERT INTO events(id, subject, type, time, data) VALUES(?,?,?,?,?)");
  session->read = prepare(
      session->database, "SELECT id, subject, type, time, data FROM events WHERE position=?");
  session->readSubject = prepare(
      session->database,
      "SELECT id, type, time, data FROM events WHERE subject=? ORDER BY position");
  return session;
}

void sessionClose(struct session *session) {
  sqlite3_stmt *statements[] = {session->begin, session->insert, session->commit, session->read,
                                session->readSubject};
  for (size_t index = 0; index < 5; index += 1) sqlite3_finalize(statements[index]);
  sqlite3_close(session->database);
  free(session);
}

void sessionAppend(struct session *session, const struct event *events, size_t count) {
  pthread_mutex_lock(&turn);
  step(session, session->begin);
  sqlite3_stmt *insert = session->insert;
  for (size_t index = 0; index < count; index += 1) {
    const struct event *event = &events[index];
    sqlite3_bind_blob(insert, 1, event->id, 16, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, event->subject, (int)event->subjectBytes, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, event->type, (int)event->typeBytes, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 4, event->time);
    sqlite3_bind_text(insert, 5, event->data, (int)event->dataBytes, SQLITE_STATIC);
    step(session, insert);
  }
  step(session, session->commit);
  pthread_mutex_unlock(&turn);
}

uint64_t sessionScan(struct session *session, uint64_t *bytes) {
  sqlite3_stmt *all = prepare(
      session->database,
      "SELECT position, id, subject, type, time, data FROM events ORDER BY position");
  uint64_t count = 0;
  while (sqlite3_step(all) == SQLITE_ROW) {
    *bytes += (uint64_t)sqlite3_column_bytes(all, 5);
    count += 1;
  }
  sqlite3_finalize(all);
  return count;
}

size_t sessionRead(struct session *session, uint64_t position) {
  sqlite3_bind_int64(session->read, 1, (sqlite3_int64)position);
  size_t bytes = 0;
  if (sqlite3_step(session->read) == SQLITE_ROW) {
    bytes = (size_t)sqlite3_column_bytes(session->read, 4);
  }
  sqlite3_reset(session->read);
  return bytes;
}

uint64_t sessionReadSubject(struct session *session, const char *subject, size_t bytes) {
  sqlite3_bind_text(session->readSubject, 1, subject, (int)bytes, SQLITE_STATIC);
  uint64_t count = 0;
  while (sqlite3_step(session->readSubject) == SQLITE_ROW) {
    count += sqlite3_column_bytes(session->readSubject, 3) > 0;
  }
  sqlite3_reset(session->readSubject);
  return count;
}
