"""Runs what a user would pick instead of Recount, for `recount bench peers`.

`recount` starts this script, writes one request a line on its standard input and reads one JSON
object a line on its standard output; the end of the input ends every server. By hand:

    echo 'append peer=redis per-commit=64 seconds=1' | python3 peers.py /tmp/scratch redis
"""

import json
import pathlib
import shutil
import signal
import sys

from provision import Provision, Unavailable
from servers import start_all


def describe(peers, absent):
    """What there is to measure."""
    return {
        "peers": [
            {"id": peer.id, "name": peer.name, "version": peer.version,
             "durability": peer.durability, "durable": peer.durable,
             "atomic": peer.atomic,
             "singleVariants": peer.variants(1), "sharedVariants": peer.shared_variants(),
             "batchVariants": peer.variants(256)}
            for peer in peers.values()
        ],
        "absent": [{"id": name, "reason": reason} for name, reason in absent.items()],
    }


def answer(peers, absent, line):
    """The answer to one request."""
    verb, *words = line.split()
    values = dict(word.split("=", 1) for word in words)
    if verb == "describe":
        return describe(peers, absent)
    peer = peers[values.pop("peer")]
    options = {name.replace("-", "_"): value for name, value in values.items()}
    if verb == "append":
        variant = options.pop("variant", None)
        if variant is None:
            variant = peer.variants(int(options.get("per_commit", 1)))[0]
        return peer.append(variant, **options)
    if verb == "bytes":
        return {"bytes": peer.disk_bytes()}
    if verb in ("load", "scan", "reads", "subjects"):
        return getattr(peer, verb)(**options)
    raise Unavailable(f"there is no request {verb}")


def main():
    """Serves requests until the input ends."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    scratch, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:]
    scratch.mkdir(parents=True, exist_ok=True)
    # A server that runs as another user reaches its folder through this one.
    scratch.chmod(0o711)
    peers = {}
    try:
        peers, absent = start_all(Provision(scratch, pathlib.Path(__file__).parent), wanted)
        for line in sys.stdin:
            try:
                result = answer(peers, absent, line)
            except (Unavailable, OSError, ValueError, KeyError) as error:
                result = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(result), flush=True)
    finally:
        for peer in peers.values():
            peer.stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
