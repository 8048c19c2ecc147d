"""What the clients in Python share with those in C: options, the sample event, the figures."""

import json
import sys
import time
import uuid

MASK = (1 << 64) - 1
SUBJECTS = 10_000
TYPE = "cart.updated"


def mix(number):
    """SplitMix64's output, as in SampleEvent.h."""
    number = (number + 0x9E3779B97F4A7C15) & MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def options():
    """The command and the options of the command line."""
    values = dict(word.split("=", 1) for word in sys.argv[2:])
    return sys.argv[1], values


def sample(seed, number):
    """Event `number`: id, subject, type, time and 420 bytes of data."""
    high, low = mix(seed ^ (number * 2)), mix(number)
    text = (f"basket shoes blue size {mix(number)} checkout voucher red jacket " * 8)[:409]
    return (uuid.UUID(bytes=high.to_bytes(8, "little") + low.to_bytes(8, "little")),
            f"c{mix(number) % SUBJECTS:07}", TYPE, 1_700_000_000_000_000 + number,
            '{"note":"' + text + '"}')


def figures(latencies):
    """Percentiles in microseconds of latencies in nanoseconds."""
    ordered = sorted(latencies) or [0]
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1}
    return {
        name: ordered[min(len(ordered), max(1, int(share * len(ordered) + 0.999999))) - 1] / 1000
        for name, share in shares.items()
    }


def timed_appends(commit, values):
    """Calls `commit(events)` until the time is over and prints the figures."""
    per_commit, seconds = int(values.get("per-commit", 1)), float(values.get("seconds", 1))
    limit, seed = int(values.get("limit", MASK)), int(values.get("seed", 0))
    events, latencies = 0, []
    begun = time.monotonic_ns()
    while events + per_commit <= limit:
        batch = [sample(seed, events + index + 1) for index in range(per_commit)]
        started = time.monotonic_ns()
        commit(batch)
        ended = time.monotonic_ns()
        latencies.append(ended - started)
        events += per_commit
        if ended - begun >= seconds * 1e9:
            break
    # Making the events takes longer here than in C and is not the peer's time.
    show({"events": events, "seconds": sum(latencies) / 1e9,
          "microseconds": figures(latencies)})


def show(result):
    """Prints a result."""
    print(json.dumps(result), flush=True)
