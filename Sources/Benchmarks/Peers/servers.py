"""The servers: started on free loopback ports with configurations of their own in the scratch
directory, and stopped by their process ids."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import time

from provision import Unavailable, note, run

CLIENT_SECONDS = 600


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def folder_bytes(folder):
    """What the files below a folder take on disk, in bytes."""
    return sum(
        (pathlib.Path(place) / name).stat().st_blocks * 512
        for place, _, names in os.walk(folder) for name in names
    )


class Server:
    """A process that the script started."""

    def __init__(self, command, log, environment, user=None):
        options = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} \
            if user else {}
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=environment, start_new_session=True, **options)

    def wait_for_port(self, port, seconds=30):
        """Returns once the server listens."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.02)
        last = pathlib.Path(self.log).read_text(errors="replace").split()[-60:]
        self.stop()
        raise Unavailable(f"the server does not listen: {' '.join(last)}")

    def stop(self):
        """Ends the process, politely first."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Peer:
    """One system that is measured. Appends and reads have stores of their own."""

    id = ""
    name = ""
    durable = True
    atomic = True
    load_variant = ""

    def __init__(self, provision):
        self.provision = provision
        self.folder = provision.scratch / self.id
        self.folder.mkdir()
        self.environment = provision.environment()
        self.servers = []
        self.version = ""
        self.client = ""
        self.loaded = 0
        self.prepare()

    # What each peer says of itself

    def prepare(self):
        """Finds, compiles and starts what is needed."""

    def variants(self, per_commit):
        """The ways to write so many events a commit; the first is the usual one."""
        raise NotImplementedError

    def shared_variants(self):
        """The ways in which many callers at once write single events."""
        return self.variants(1)[:1]

    def reset(self):
        """Empties the store that appends go to."""

    def arguments(self, store):
        """Where the client finds the store `appends` or `events`."""
        raise NotImplementedError

    def disk_bytes(self):
        """What the events that were loaded take on disk."""
        raise NotImplementedError

    # The measures

    def program(self, variant):
        """The client's command, and the name of the variant that it is told."""
        del variant
        return [self.client]

    def run_client(self, command, store, variant="", **options):
        """Runs the client and returns what it measured."""
        words = [f"{name.replace('_', '-')}={value}" for name, value in options.items()]
        program = self.program(variant)
        out = run([*program, command, *self.arguments(store), f"variant={variant}", *words],
                  env=self.environment, timeout=CLIENT_SECONDS, stderr=None)
        return json.loads(out)

    def append(self, variant, **options):
        """Appends to an empty store."""
        self.reset()
        os.sync()
        return self.run_client("append", "appends", variant, **options)

    def load(self, file):
        """Loads the file's events into the store that is read."""
        result = self.run_client("load", "events", self.load_variant, file=file, per_commit=1000)
        self.loaded = result["events"]
        return result

    def scan(self):
        """Reads all that was loaded."""
        return self.run_client("scan", "events", count=self.loaded)

    def reads(self, **options):
        """Reads events by random positions."""
        return self.run_client("reads", "events", count=self.loaded, **options)

    def subjects(self, file):
        """Reads all events of each subject that the file names."""
        return self.run_client("subjects", "events", file=file)

    def stop(self):
        """Stops the servers."""
        for server in self.servers:
            server.stop()
        self.servers = []


class Postgres(Peer):
    """PostgreSQL with a message-db style table."""

    id = "postgres"
    name = "PostgreSQL"
    durability = "fsync=on, synchronous_commit=on, full_page_writes=on"
    load_variant = "copy"

    def prepare(self):
        find = self.provision.program
        server = find("/usr/lib/postgresql/*/bin/postgres", ["postgresql"])
        programs = pathlib.Path(server).parent
        self.client = self.provision.client("postgres", ["pq"], ["libpq-dev"], "libpq-fe.h")
        self.psql = str(programs / "psql")
        self.version = run([server, "--version"], env=self.environment).split()[2]
        self.port = free_port()
        data = self.folder / "data"
        user = None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            names = [entry.pw_name for entry in pwd.getpwall()]
            user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, user)
        owner = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} \
            if user else {}
        run([str(programs / "initdb"), "-D", str(data), "-U", "recount", "--auth=trust",
             "--encoding=UTF8", "--locale=C", "--no-sync"], env=self.environment,
            cwd=self.folder, **owner)
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "",
            "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
            "shared_buffers": "1GB", "max_wal_size": "8GB", "min_wal_size": "1GB", "checkpoint_timeout": "30min",
            "max_connections": "120",
        }
        words = [word for name, value in settings.items() for word in ["-c", f"{name}={value}"]]
        self.servers.append(
            Server([server, "-D", str(data), *words], self.folder / "log", self.environment, user))
        self.servers[0].wait_for_port(self.port)
        for database in ["appends", "events"]:
            self._wait_until_it_answers()
            self._sql("postgres", f"CREATE DATABASE {database}")
            self._sql(database, (self.provision.here / "clients/postgres.sql").read_text())

    def _wait_until_it_answers(self):
        for _ in range(200):
            with contextlib.suppress(Unavailable):
                self._sql("postgres", "SELECT 1")
                return
            time.sleep(0.05)

    def _sql(self, database, text):
        return run([self.psql, "-h", "127.0.0.1", "-p", str(self.port), "-U", "recount",
                    "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtX"],
                   input=text, env=self.environment).strip()

    def variants(self, per_commit):
        ways = ["function", "insert", "psycopg-function"]
        return ways if per_commit == 1 else ["copy", *ways, "psycopg-copy"]

    def shared_variants(self):
        return ["function", "insert"]

    def program(self, variant):
        if variant.startswith("psycopg"):
            return [self.provision.python(), str(self.provision.here / "python_clients.py")]
        return [self.client]

    def reset(self):
        self._sql("appends", "TRUNCATE messages RESTART IDENTITY")
        self._sql("appends", "CHECKPOINT")

    def arguments(self, store):
        return [f"at=host=127.0.0.1 port={self.port} user=recount dbname={store}"]

    def disk_bytes(self):
        self._sql("events", "VACUUM ANALYZE messages")
        self._sql("events", "CHECKPOINT")
        return int(self._sql("events", "SELECT pg_total_relation_size('messages')"))


class Redis(Peer):
    """Redis Streams with an append-only file that is synced before each reply."""

    id = "redis"
    name = "Redis Streams"
    durability = "appendonly yes, appendfsync always; all data in memory"
    load_variant = "multi"

    def prepare(self):
        self.server = self.provision.program("redis-server", ["redis-server"])
        self.environment = self.provision.environment()
        self.version = run([self.server, "--version"], env=self.environment).split("v=")[1].split()[0]
        self.client = self.provision.client("redis")
        self.ports = {store: self._start(store) for store in ["appends", "events"]}

    def _start(self, store):
        folder, port = self.folder / store, free_port()
        folder.mkdir()
        server = Server(
            [self.server, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
             "--appendonly", "yes", "--appendfsync", "always", "--save", "",
             "--auto-aof-rewrite-percentage", "0"], self.folder / f"{store}.log", self.environment)
        server.wait_for_port(port)
        self.servers.append(server)
        return port

    def _command(self, store, *words):
        request = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.ports[store]), 60) as channel:
            channel.sendall(request.encode())
            return channel.recv(1 << 16).decode(errors="replace")

    def _rewrite(self, store):
        self._command(store, "BGREWRITEAOF")
        while True:
            time.sleep(0.02)
            status = self._command(store, "INFO", "persistence")
            if "aof_rewrite_in_progress:0" in status and "aof_rewrite_scheduled:0" in status:
                return

    def variants(self, per_commit):
        return ["multi", "redis-py"] if per_commit == 1 else ["multi", "pipeline", "redis-py"]

    def program(self, variant):
        if variant == "redis-py":
            return [self.provision.python(), str(self.provision.here / "python_clients.py")]
        return [self.client]

    def reset(self):
        self._command("appends", "FLUSHALL")
        self._rewrite("appends")

    def arguments(self, store):
        return [f"at={self.ports[store]}"]

    def disk_bytes(self):
        self._rewrite("events")
        return folder_bytes(self.folder / "events")


class Nats(Peer):
    """NATS JetStream of PyPI's server, which can sync before each acknowledgement."""

    id = "nats"
    name = "NATS JetStream"
    durability = "file store, sync_interval: always"
    load_variant = "batch"
    extra = "sync_interval: always"
    limits = "limits { batch { max_msgs: 4096 } }"
    has_batches = True

    def binary(self):
        """The server's program."""
        return str(pathlib.Path(self.provision.python()).parent / "nats-server")

    def prepare(self):
        server = self.binary()
        self.version = run([server, "--version"]).split()[-1].lstrip("v")
        self.client = self.provision.client("nats")
        self.port = free_port()
        configuration = self.folder / "nats.conf"
        configuration.write_text(
            f'host: "127.0.0.1"\nport: {self.port}\nmax_pending: 1073741824\n'
            f'jetstream {{ store_dir: "{self.folder}/store"\n{self.extra}\n{self.limits} }}\n')
        self.servers.append(
            Server([server, "-c", str(configuration)], self.folder / "log", self.environment))
        self.servers[0].wait_for_port(self.port)
        self._make("events")

    def _request(self, subject, body):
        """One request to JetStream's API and its answer."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as channel:
            channel.sendall(
                b'CONNECT {"verbose":false}\r\nSUB _INBOX.s 1\r\n'
                + f"PUB $JS.API.{subject} _INBOX.s {len(body)}\r\n{body}\r\n".encode())
            received = b""
            while b"_INBOX.s 1 " not in received or not received.endswith(b"}\r\n"):
                received += channel.recv(1 << 16)
        return json.loads(received[received.index(b"_INBOX.s 1 "):].split(b"\r\n", 2)[1])

    def _make(self, stream):
        options = {"name": stream, "subjects": [f"{stream}.>"], "storage": "file",
                   "retention": "limits", "allow_direct": True}
        if self.has_batches:
            options["allow_atomic"] = True
        answer = self._request(f"STREAM.CREATE.{stream}", json.dumps(options))
        if "error" in answer:
            raise Unavailable(f"no stream can be made: {answer['error']}")

    def variants(self, per_commit):
        batch = ["batch"] if self.has_batches and per_commit > 1 else []
        return [*batch, "publish", "nats-py"]

    def program(self, variant):
        if variant == "nats-py":
            return [self.provision.python(), str(self.provision.here / "python_clients.py")]
        return [self.client]

    def reset(self):
        self._request("STREAM.DELETE.appends", "")
        self._make("appends")

    def arguments(self, store):
        return [f"at={self.port}", f"name={store}"]

    def disk_bytes(self):
        return folder_bytes(self.folder / "store/jetstream/$G/streams/events")


class DebianNats(Nats):
    """NATS JetStream of Debian's package, which cannot sync before it acknowledges."""

    id = "nats-debian"
    name = "NATS JetStream (Debian)"
    durability = "file store, written but not synced before the acknowledgement: not durable"
    durable = False
    extra = ""
    limits = ""
    load_variant = "publish"
    has_batches = False
    atomic = False

    def binary(self):
        return self.provision.program("nats-server", ["nats-server"])

    def subjects(self, file):
        """Its direct reads give one message each: there is no reading of a subject's events."""
        return {"events": 0}


class SQLite(Peer):
    """SQLite in the client's process."""

    id = "sqlite"
    name = "SQLite"
    durability = "journal_mode=WAL, synchronous=FULL"

    def prepare(self):
        self.client = self.provision.client(
            "sqlite", ["sqlite3"], ["libsqlite3-dev"], "sqlite3.h")
        self.version = self.run_client("version", "events")["version"]

    def variants(self, per_commit):
        return ["prepared", "sqlite3-python"]

    def program(self, variant):
        if variant == "sqlite3-python":
            # Python's own module: the interpreter at hand has it.
            return [sys.executable, str(self.provision.here / "python_clients.py")]
        return [self.client]

    def reset(self):
        for file in self.folder.glob("appends.db*"):
            file.unlink()

    def arguments(self, store):
        return [f"at={self.folder}/{store}.db"]

    def disk_bytes(self):
        return folder_bytes(self.folder)


class EventSourcing(Peer):
    """The Python library `eventsourcing` with its SQLite module, as its documentation shows."""

    id = "eventsourcing"
    name = "eventsourcing (Python, SQLite)"
    durability = "journal_mode=WAL, synchronous=FULL (the library's own settings)"

    def prepare(self):
        self.client = self.provision.python()
        self.version = self.provision.python_version("eventsourcing")

    def variants(self, per_commit):
        return ["save"]

    def program(self, variant):
        return [self.client, str(self.provision.here / "eventsourcing_client.py")]

    def reset(self):
        for file in self.folder.glob("appends.db*"):
            file.unlink()

    def arguments(self, store):
        return [f"at={self.folder}/{store}.db"]

    def disk_bytes(self):
        return folder_bytes(self.folder)


ALL = [Postgres, Redis, Nats, DebianNats, SQLite, EventSourcing]


def start_all(provision, wanted):
    """Starts the peers that are wanted; returns them, and the reasons of those that are not there."""
    peers, absent = {}, {}
    for kind in ALL:
        if wanted and kind.id not in wanted:
            continue
        note(f"starting {kind.name}")
        try:
            peers[kind.id] = kind(provision)
        except Unavailable as reason:
            absent[kind.id] = str(reason)
            note(f"{kind.name} is left out: {reason}")
    return peers, absent
