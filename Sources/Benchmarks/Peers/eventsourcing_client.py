"""An application of the Python library `eventsourcing` over its SQLite module."""

import threading
import time
import uuid

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from sampling import figures, mix, options, sample, show, timed_appends

NAMESPACE = uuid.UUID("6f5c1f60-2f0f-4d0a-9d0e-3f7c9c0f5a11")


class Customer(Aggregate):
    """One subject."""

    @event("Registered")
    def __init__(self, subject: str):
        self.subject = subject
        self.data = ""

    @staticmethod
    def create_id(subject: str):
        """The same subject has the same id in every run."""
        return uuid.uuid5(NAMESPACE, subject)

    @event("Noted")
    def note(self, kind: str, occurred: int, data: str):
        """Something happened to the subject."""
        self.data = data


def open_application(values):
    """The application on the file that the options name."""
    return Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite",
                            "SQLITE_DBNAME": values["at"]})


def customers(application, seed, count):
    """New customers to write about."""
    made = [Customer(f"c{mix(seed + index):020}") for index in range(count)]
    application.save(*made)
    return made


def append(values):
    """Each commit notes a batch about one customer and saves it."""
    application = open_application(values)
    clients = int(values.get("clients", 1))
    if clients > 1:
        append_together(application, values, clients)
        return
    pool = customers(application, int(values.get("seed", 0)), 64)
    turn = 0

    def commit(batch):
        nonlocal turn
        customer = pool[turn % len(pool)]
        turn += 1
        for _, _, kind, occurred, data in batch:
            customer.note(kind, occurred, data)
        application.save(customer)

    timed_appends(commit, values)


def append_together(application, values, clients):
    """Threads that each note one thing about a customer of their own and save it."""
    seed, seconds = int(values.get("seed", 0)), float(values["seconds"])
    pool, latencies = customers(application, seed, clients), [[] for _ in range(clients)]
    begun = time.monotonic_ns()

    def work(index):
        number = 0
        while time.monotonic_ns() - begun < seconds * 1e9:
            _, _, kind, occurred, data = sample(seed + index, number)
            number += 1
            started = time.monotonic_ns()
            pool[index].note(kind, occurred, data)
            application.save(pool[index])
            latencies[index].append(time.monotonic_ns() - started)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [latency for one in latencies for latency in one]
    show({"events": len(taken), "seconds": (time.monotonic_ns() - begun) / 1e9,
          "microseconds": figures(taken)})


def load(values):
    """Loads the file's events, each about its subject."""
    application, known, touched = open_application(values), {}, {}
    count, begun = 0, time.monotonic_ns()
    with open(values["file"], encoding="utf-8") as lines:
        for line in lines:
            _, subject, kind, occurred, data = line.rstrip("\n").split("\t")
            customer = known.get(subject)
            if customer is None:
                customer = known[subject] = Customer(subject)
            customer.note(kind, int(occurred), data)
            touched[subject] = customer
            count += 1
            if count % int(values["per-commit"]) == 0:
                application.save(*touched.values())
                touched.clear()
    application.save(*touched.values())
    show({"events": count, "seconds": (time.monotonic_ns() - begun) / 1e9})


def scan(values):
    """Reads all notifications in order, without decoding their state."""
    application = open_application(values)
    recorder = application.recorder
    count, size, start, begun = 0, 0, 1, time.monotonic_ns()
    while page := recorder.select_notifications(start, 1000):
        count += len(page)
        size += sum(len(one.state) for one in page)
        start = page[-1].id + 1
    show({"events": count, "bytes": size, "seconds": (time.monotonic_ns() - begun) / 1e9})


def reads(values):
    """Reads notifications by their position."""
    application = open_application(values)
    recorder = application.recorder
    latencies = []
    for read in range(int(values["limit"])):
        position = mix(int(values["seed"]) + read) % int(values["count"]) + 1
        started = time.monotonic_ns()
        if not recorder.select_notifications(position, 1):
            raise SystemExit(f"there is no event at {position}")
        latencies.append(time.monotonic_ns() - started)
    show({"events": len(latencies), "seconds": sum(latencies) / 1e9,
          "microseconds": figures(latencies)})


def subjects(values):
    """Reads all events of each subject that the file names."""
    application = open_application(values)
    recorder = application.recorder
    latencies, count = [], 0
    with open(values["file"], encoding="utf-8") as lines:
        for line in lines:
            started = time.monotonic_ns()
            count += len(recorder.select_events(Customer.create_id(line.rstrip("\n"))))
            latencies.append(time.monotonic_ns() - started)
    show({"events": count, "subjects": len(latencies), "seconds": sum(latencies) / 1e9,
          "microseconds": figures(latencies)})


if __name__ == "__main__":
    command, given = options()
    {"append": append, "load": load, "scan": scan, "reads": reads, "subjects": subjects}[command](
        given)
