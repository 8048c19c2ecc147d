"""The Python clients that the C clients are compared with: psycopg, redis-py, nats-py, sqlite3."""

import asyncio
import sqlite3

from sampling import options, timed_appends


def psycopg_function(values):
    """`write_message` for each event, one transaction, in a pipeline."""
    import psycopg
    connection = psycopg.connect(values["at"])

    def commit(batch):
        with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
            for number, subject, kind, time, data in batch:
                cursor.execute(
                    "SELECT write_message(%s, %s, %s, %s::jsonb,"
                    " to_timestamp(%s::bigint / 1000000.0))",
                    (number, f"customer-{subject}", kind, data, time), prepare=True)

    timed_appends(commit, values)


def psycopg_copy(values):
    """COPY of the batch."""
    import psycopg
    connection = psycopg.connect(values["at"])
    written = 0

    def commit(batch):
        nonlocal written
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(
                    "COPY messages (position, stream_name, type, data, id) FROM STDIN") as copy:
                for number, subject, kind, _, data in batch:
                    written += 1
                    copy.write_row((written, f"customer-{subject}", kind, data, number))

    timed_appends(commit, values)


def redis_py(values):
    """MULTI, XADD, EXEC through redis-py with hiredis."""
    import redis
    client = redis.Redis(port=int(values["at"]))

    def commit(batch):
        with client.pipeline(transaction=len(batch) > 1) as pipeline:
            for number, subject, kind, time, data in batch:
                pipeline.xadd("events", {"id": number.bytes, "subject": subject, "type": kind,
                                         "time": time, "data": data})
            pipeline.execute()

    timed_appends(commit, values)


def nats_py(values):
    """JetStream publishes, all of a batch in flight together."""
    import nats
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(nats.connect(f"nats://127.0.0.1:{values['at']}"))
    stream = connection.jetstream()

    async def publish(batch):
        await asyncio.gather(*[
            stream.publish(f"{values['name']}.{subject}", data.encode(),
                           headers={"Nats-Msg-Id": str(number), "Type": kind, "Time": str(time)})
            for number, subject, kind, time, data in batch])

    timed_appends(lambda batch: loop.run_until_complete(publish(batch)), values)
    loop.run_until_complete(connection.close())


def sqlite_python(values):
    """`executemany` of Python's sqlite3."""
    database = sqlite3.connect(values["at"], isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
        "CREATE TABLE events(position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
        " subject TEXT NOT NULL, type TEXT NOT NULL, time INTEGER NOT NULL, data TEXT NOT NULL);"
        "CREATE INDEX events_subject ON events(subject, position);")

    def commit(batch):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "INSERT INTO events(id, subject, type, time, data) VALUES(?,?,?,?,?)",
            [(number.bytes, *rest) for number, *rest in batch])
        database.execute("COMMIT")

    timed_appends(commit, values)


CLIENTS = {
    "psycopg-function": psycopg_function, "psycopg-copy": psycopg_copy, "redis-py": redis_py,
    "nats-py": nats_py, "sqlite3-python": sqlite_python,
}

if __name__ == "__main__":
    CLIENTS[options()[1]["variant"]](options()[1])
