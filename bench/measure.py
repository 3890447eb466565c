"""The measurements of bench/run. Each function returns plain data for bench/report.py."""
import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import time


@dataclasses.dataclass
class Plan:
    repetitions: int = 3
    seconds: float = 3  # of one load
    ceiling_events: int = 12000
    batches: tuple = (1, 8, 64, 512)
    clients: tuple = (1, 8, 64, 256)
    slow_clients: tuple = (1, 64)
    delays_ms: tuple = (2, 10)
    sizes: tuple = (10_000, 100_000, 1_000_000)  # calls in the files that are asked

    @staticmethod
    def quick():
        return Plan(1, 1, 2000, (1, 64), (1, 64), (1, 64), (2,), (1000, 3000))


class Bench:
    def __init__(self, build, data, plan):
        self.build, self.data, self.plan = build, data, plan

    def tool(self, name, *arguments):
        """Runs a tool of bench/ and returns its lines of JSON."""
        command = [self.build / "bench" / name, *map(str, arguments)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    @contextlib.contextmanager
    def server(self, database, *arguments, delay_ms=0):
        environment = dict(os.environ)
        if delay_ms:
            control = self.data / "slow.control"
            self.tool("bench_slow_disk", control, self.data, delay_ms * 1000)
            environment["LD_PRELOAD"] = str(self.build / "bench" / "libcallarchive_fault_shim.so")
            environment["CALLARCHIVE_FAULTS"] = str(control)
        command = [self.build / "callarchive", "serve", "--db", database, "--listen", "127.0.0.1:0", "--log-level", "off", "--recordings", "off"]
        with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, env=environment, text=True) as process:
            try:
                yield int(process.stdout.readline().rsplit(":", 1)[1]), process.pid
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait()

    def fresh(self):
        database = self.data / "ingest.db"
        for suffix in ("", "-wal", "-shm", ".lock"):
            pathlib.Path(f"{database}{suffix}").unlink(missing_ok=True)
        return database

    def ingest(self, clients, *arguments, delay_ms=0):
        with self.server(self.fresh(), *arguments, delay_ms=delay_ms) as (port, _):
            return self.tool("bench_load", port, "deliver", clients, self.plan.seconds, 0)[0]

    def filled(self, calls):
        """A file with so many calls, twice as many messages and a third as many contacts; kept for next time."""
        database = self.data / f"filled-{calls}.db"
        if not database.exists():
            making = self.data / "filling.db"
            subprocess.run([self.build / "bench" / "bench_ceiling", "--fill", making, str(calls * 10 // 3)], check=True)
            making.rename(database)
        return database


def medians(rows):
    """Of the same key over all repetitions: {key: {field: median}}; of what was longest, refused or failed, the most."""
    collected = {}
    for key, row in rows:
        for field, value in row.items():
            if isinstance(value, (int, float)):
                collected.setdefault(key, {}).setdefault(field, []).append(value)
    middle = {field: max for field in ("max_ms", "refused", "other")}
    return {key: {field: middle.get(field, statistics.median)(values) for field, values in fields.items()}
            for key, fields in collected.items()}


GROUP, ALONE = "group", "commit per request"
VARIANTS = {GROUP: (), ALONE: ("--batch-limit", "1")}


def ceiling_and_ingest(bench):
    """(a), (b) and (d), alternating, because they are compared."""
    rows = []
    for _ in range(bench.plan.repetitions):
        for row in bench.tool("bench_ceiling", bench.fresh(), bench.plan.ceiling_events, *bench.plan.batches):
            rows.append((("ceiling", row["batch"]), row))
        for clients in bench.plan.clients:
            for variant, arguments in VARIANTS.items():
                rows.append(((variant, clients), bench.ingest(clients, *arguments)))
    return medians(rows)


def slow(bench):
    """(c): every sync takes longer."""
    rows = []
    for _ in range(bench.plan.repetitions):
        for delay in bench.plan.delays_ms:
            for clients in bench.plan.slow_clients:
                for variant, arguments in VARIANTS.items():
                    rows.append(((delay, variant, clients), bench.ingest(clients, *arguments, delay_ms=delay)))
    return medians(rows)


def slow_sockets(port, count):
    """Clients that ask for much and read nothing."""
    sockets = []
    for _ in range(count):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET /v1/calls?limit=500&include=transcript HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        sockets.append(client)
    return sockets


def readers(bench):
    """Ingest with 50 slow readers and without, and how long the log gets."""
    rows = []
    for _ in range(bench.plan.repetitions):
        for count in (0, 50):
            with bench.server(bench.fresh()) as (port, _):
                bench.tool("bench_load", port, "deliver", 64, 1, 0)
                waiting = slow_sockets(port, count)
                row = bench.tool("bench_load", port, "deliver", 64, bench.plan.seconds, 1_000_000)[0]
                row["log_mb"] = os.path.getsize(bench.data / "ingest.db-wal") / 1e6
                rows.append((count, row))
                for client in waiting:
                    client.close()
    return medians(rows)


SYLLABLES = ("ka", "re", "mo", "ti", "su", "lan", "ver", "po", "chi", "da", "en", "fo", "gra", "hu", "is", "jo")
ROUNDS = range(1, 101)


def word(rank):
    """The word of that rank, as bench/workload.cpp makes it."""
    text, rest = "", rank + 16
    while rest > 0:
        text += SYLLABLES[rest % 16]
        rest //= 16
    return text


def targets(calls):
    """The queries over HTTP: those of bench/queries.cpp by the same names, round by round."""
    middle = 1_577_836_800 + calls * 10 // 3 * 25 // 2  # of the file's time
    parties = [f"%2B336{10_000_000 + (100 + which * 613) * 797}" for which in ROUNDS]
    lines = [f"%2B1415555010{which % 4}" for which in ROUNDS]

    def instant(days):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(middle + days * 86400))

    days = [f"since={instant(which - 50)}&until={instant(which - 49)}" for which in ROUNDS]
    later_days = [f"since={instant(which)}&until={instant(which + 1)}" for which in ROUNDS]
    queries = {
        "hello": ["/livez"],
        "calls by number": [f"/v1/calls?number={party}" for party in parties],
        "own line, first page": [f"/v1/calls?number={line}" for line in lines],
        "own line, middle page": [f"/v1/calls?number={line}&until={instant(0)}" for line in lines],
        "timeline of a number": [f"/v1/numbers/{party}/timeline" for party in parties],
        "timeline of an own line": [f"/v1/numbers/{line}/timeline" for line in lines],
        "newest calls": ["/v1/calls"],
    }
    filters = {
        "": "", ", direction": "&direction=INBOUND", ", common result": "&result=ANSWERED", ", rare result": "&result=FAILED",
        ", common tag": "&tag=interested", ", rare tag": "&tag=press", ", user": "&user_email=agent3%40example.com",
        ", duration": "&min_duration=60&max_duration=300", ", has a link to a recording": "&has=recording_link",
        ", has a transcript": "&has=transcript", ", has a summary": "&has=summary",
    }
    queries |= {f"calls of a day{name}": [f"/v1/calls?{day}{text}" for day in days] for name, text in filters.items()}
    varied = {
        ", own line": [f"number={line}" for line in lines], ", other number": [f"number={party}" for party in parties],
        ", contact": [f"contact_id=cnt-{100 + which * 613}" for which in ROUNDS],
        ", a common word": [f"q={word(which % 20)}" for which in ROUNDS],
        ", a rare word": [f"q={word(20000 + which * 151)}" for which in ROUNDS],
    }
    for name, texts in varied.items():
        queries[f"calls of a day{name}"] = [f"/v1/calls?{day}&{text}" for day, text in zip(days, texts)]
    queries["messages of a day"] = [f"/v1/messages?{day}" for day in later_days]
    queries["statistics by month"] = ["/v1/stats?by=month"]
    searches = {
        "common word": [word(which % 20) for which in ROUNDS],
        "rare word": [word(20000 + which * 151) for which in ROUNDS],
        "two words": [f"{word(which % 20)}+{word(100 + which)}" for which in ROUNDS],
        "phrase": [f"%22{word(which % 20)}+{word(1 + which % 7)}%22" for which in ROUNDS],
        "prefix of three letters": [word(301 + which * 16)[:3] + "*" for which in ROUNDS],
    }
    for name, texts in searches.items():
        for sort, order in (("-at", "newest first"), ("relevance", "by relevance")):
            queries[f"search {order}, {name}"] = [f"/v1/search?sort={sort}&q={text}" for text in texts]
    return queries


def disk(database):
    """Bytes of the file, and of the bodies in it."""
    sql = "SELECT sum(length(body)), count(*) FROM deliveries"
    said = subprocess.run(["sqlite3", "-readonly", database, sql], check=True, stdout=subprocess.PIPE, text=True).stdout
    body_bytes, events = map(int, said.split("|"))
    return {"disk_bytes": os.path.getsize(database), "body_bytes": body_bytes, "events": events}


def ask(bench, port, clients, seconds, targets_of_query):
    file = bench.data / "targets.txt"
    file.write_text("\n".join(targets_of_query) + "\n")
    return bench.tool("bench_load", port, "ask", clients, seconds, file)[0]


def queries(bench):
    """(e): over HTTP with one and 16 clients, through the reader, and as bare statement steps."""
    rows = []
    for calls in bench.plan.sizes:
        database = bench.filled(calls)
        rows.append(((calls, "disk", 0), disk(database)))
        with bench.server(database) as (port, _):
            for _ in range(bench.plan.repetitions):
                for name, lines in targets(calls).items():
                    seconds = bench.plan.seconds / (4 if name.startswith(SHORTER) else 2)
                    rows.append(((calls, name, 1), ask(bench, port, 1, seconds, lines)))
                    if not name.startswith(SHORTER):
                        rows.append(((calls, name, 16), ask(bench, port, 16, seconds, lines)))
                for row in bench.tool("bench_queries", database, calls):
                    rows.append(((calls, row.pop("query"), "bare"), row))
    return medians(rows)


SHORTER = ("calls of a day", "messages of a day", "search by relevance", "statistics")  # with one client alone


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss")


def most_meanwhile(bench, pid, port, lines):
    """The most that the process occupied while 64 clients asked."""
    file = bench.data / "targets.txt"
    file.write_text("\n".join(lines) + "\n")
    most = 0
    with subprocess.Popen([bench.build / "bench" / "bench_load", str(port), "ask", "64", str(bench.plan.seconds), file],
                          stdout=subprocess.DEVNULL) as load:
        while load.poll() is None:
            most = max(most, resident_mib(pid))
            time.sleep(0.05)
    return most


def memory(bench):
    """(f): what the process alone occupies (Pss)."""
    rows = []
    largest = bench.plan.sizes[-1]
    lines = [queries[which % len(queries)] for which in ROUNDS for name, queries in targets(largest).items()
             if not name.startswith(SHORTER)]
    for _ in range(bench.plan.repetitions):
        with bench.server(bench.fresh()) as (port, pid):
            row = {"idle": resident_mib(pid)}
            bench.tool("bench_load", port, "deliver", 64, bench.plan.seconds, 0)
            row["after ingest"] = resident_mib(pid)
        with bench.server(bench.filled(largest)) as (port, pid):
            row["under 64 readers"] = most_meanwhile(bench, pid, port, lines)
        rows.append(("memory", row))
    return medians(rows)["memory"]


PARTS = {"ingest": ceiling_and_ingest, "slow": slow, "readers": readers, "queries": queries, "memory": memory}
