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
        command = [self.build / "callarchive", "serve", "--db", database, "--listen", "127.0.0.1:0", "--log-level", "off"]
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
    """Of the same key over all repetitions: {key: {field: median}}."""
    collected = {}
    for key, row in rows:
        for field, value in row.items():
            if isinstance(value, (int, float)):
                collected.setdefault(key, {}).setdefault(field, []).append(value)
    return {key: {field: statistics.median(values) for field, values in fields.items()} for key, fields in collected.items()}


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


def targets(calls):
    """The questions over HTTP. The middle of the file's time is where the middle page begins."""
    middle = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_577_836_800 + calls * 10 // 3 * 25 // 2))
    parties = [f"%2B336{10_000_000 + rank * 797}" for rank in range(100, 40_000, 613)]
    lines = [f"%2B1415555010{which}" for which in range(4)]
    return {
        "hello": ["/livez"],
        "calls by number": [f"/v1/calls?number={party}" for party in parties],
        "own line, first page": [f"/v1/calls?number={line}" for line in lines],
        "own line, middle page": [f"/v1/calls?number={line}&until={middle}" for line in lines],
        "timeline of a number": [f"/v1/numbers/{party}/timeline" for party in parties],
        "timeline of an own line": [f"/v1/numbers/{line}/timeline" for line in lines],
        "search newest first, common word": [f"/v1/search?q={word}" for word in WORDS],
    }


WORDS = ("kare", "rere", "more", "tire")  # the commonest of bench/workload.cpp


def more_targets(calls):
    """Further questions, with one client of the largest file alone. The names are those of bench_questions."""
    middle = 1_577_836_800 + calls * 10 // 3 * 25 // 2
    days = [time.strftime("since=%Y-%m-%d", time.gmtime(middle + day * 86400)) +
            time.strftime("&until=%Y-%m-%d", time.gmtime(middle + (day + 1) * 86400)) for day in range(-20, 20)]
    filters = {
        "": "", ", direction": "&direction=INBOUND", ", common result": "&result=ANSWERED", ", rare result": "&result=FAILED",
        ", common tag": "&tag=interested", ", rare tag": "&tag=press", ", user": "&user_email=agent3@example.com",
        ", own line": "&number=%2B14155550101", ", duration": "&min_duration=60&max_duration=300",
        ", has a recording": "&has=recording", ", a common word": "&q=rere",
    }
    questions = {f"calls of a day{name}": [f"/v1/calls?{day}{text}" for day in days] for name, text in filters.items()}
    questions["messages of a day"] = [f"/v1/messages?{day}" for day in days]
    for sort, name in (("-at", "newest first"), ("relevance", "by relevance")):
        for kind, texts in (("two words", ("kare+rere", "more+tire")), ("phrase", ("%22kare+rere%22",)),
                            ("prefix of three letters", ("kar*", "rer*"))):
            questions[f"search {name}, {kind}"] = [f"/v1/search?sort={sort}&q={text}" for text in texts]
    questions["search by relevance, common word"] = [f"/v1/search?sort=relevance&q={word}" for word in WORDS]
    questions["statistics by month"] = ["/v1/stats?by=month"]
    return questions


def disk(database):
    """Bytes of the file, and of the bodies in it."""
    sql = "SELECT sum(length(body)), count(*) FROM deliveries"
    said = subprocess.run(["sqlite3", "-readonly", database, sql], check=True, stdout=subprocess.PIPE, text=True).stdout
    body_bytes, events = map(int, said.split("|"))
    return {"disk_bytes": os.path.getsize(database), "body_bytes": body_bytes, "events": events}


def questions(bench):
    """(e): over HTTP with one and 16 clients, through the reader, and as bare statement steps."""
    rows = []
    file = bench.data / "targets.txt"
    for calls in bench.plan.sizes:
        database = bench.filled(calls)
        rows.append(((calls, "disk", 0), disk(database)))
        with bench.server(database) as (port, _):
            for _ in range(bench.plan.repetitions):
                for clients in (1, 16):
                    for name, lines in targets(calls).items():
                        file.write_text("\n".join(lines) + "\n")
                        row = bench.tool("bench_load", port, "ask", clients, bench.plan.seconds / 2, file)[0]
                        rows.append(((calls, name, clients), row))
                for name, lines in more_targets(calls).items() if calls == bench.plan.sizes[-1] else ():
                    file.write_text("\n".join(lines) + "\n")
                    row = bench.tool("bench_load", port, "ask", 1, bench.plan.seconds / 4, file)[0]
                    rows.append(((calls, name, 1), row))
                for row in bench.tool("bench_questions", database, calls):
                    rows.append(((calls, row.pop("question"), "bare"), row))
    return medians(rows)


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss")


def memory(bench):
    """(f): what the process alone occupies (Pss)."""
    rows = []
    file = bench.data / "targets.txt"
    file.write_text("\n".join(line for lines in targets(1000).values() for line in lines) + "\n")
    for _ in range(bench.plan.repetitions):
        with bench.server(bench.fresh()) as (port, pid):
            row = {"idle": resident_mib(pid)}
            bench.tool("bench_load", port, "deliver", 64, bench.plan.seconds, 0)
            row["after ingest"] = resident_mib(pid)
            bench.tool("bench_load", port, "ask", 64, bench.plan.seconds, file)
            row["under 64 readers"] = resident_mib(pid)
            rows.append(("memory", row))
    return medians(rows)["memory"]


PARTS = {"ingest": ceiling_and_ingest, "slow": slow, "readers": readers, "questions": questions, "memory": memory}
