"""Turns the measurements of bench/run into bench/RESULTS.md."""
import datetime
import os
import platform
import statistics
import subprocess
import time

from measure import ALONE, GROUP


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def said_by(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    except OSError:
        return "unknown"


def sync_microseconds(folder):
    """The median time of writing 4 KiB and fdatasync."""
    times = []
    path = folder / "sync.probe"
    with open(path, "wb", buffering=0) as file:
        for _ in range(200):
            begin = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    path.unlink()
    return statistics.median(times) * 1e6


def machine(folder):
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")
    load = open("/proc/loadavg").read().split()[0]
    changed = " with changes" if said_by("git", "status", "--porcelain", "--untracked-files=no", "--", ":!bench/RESULTS.md") else ""
    return (f"{datetime.date.today()}, commit {said_by('git', 'rev-parse', '--short', 'HEAD')}{changed}. {said_by('nproc')} cores ({model}), "
            f"{platform.system()} {platform.release()}, {said_by('g++', '--version').splitlines()[0]}, "
            f"SQLite {said_by('sqlite3', '--version').split(' ')[0]}; files on {said_by('stat', '-f', '-c', '%T', folder)}, "
            f"where 4 KiB are written and synced in {number(sync_microseconds(folder))} µs. Load average at the end {load}. "
            "Clients and server share the cores.\n")


class Ratios:
    """The goals, each with what was reached."""

    def __init__(self):
        self.rows = []

    def at_most(self, name, value, goal, digits=2, answered=True):
        """Not met where not all was answered, however quickly the rest was."""
        self.rows.append((name, number(value, digits), f"≤ {goal}", "yes" if value <= goal and answered else "**no**"))

    def at_least(self, name, value, goal, digits=2):
        self.rows.append((name, number(value, digits), f"≥ {goal}", "yes" if value >= goal else "**no**"))


def write_ingest(results, plan, ratios):
    ceilings = {batch: results["ceiling", batch] for batch in plan.batches}
    text = "## Ingest\n\nIn one process, with events decoded beforehand (the ceiling):\n\n"
    text += table(["events per commit", "events/s"], [(batch, number(row["rate"])) for batch, row in ceilings.items()])
    text += "\nOver HTTP, durable events/s; `--batch-limit 1` is the same program with one commit per request:\n\n"
    rows = []
    for clients in plan.clients:
        for variant in (GROUP, ALONE):
            row = results[variant, clients]
            rows.append((clients, variant, number(row["rate"]), number(row["p50_ms"], 2), number(row["p99_ms"], 1),
                         number(row["max_ms"]), number(row["refused"] + row["other"])))
    text += table(["clients", "", "events/s", "p50 ms", "p99 ms", "max ms", "refused"], rows)
    top = ceilings[64]["rate"]
    for clients, goal in ((64, 0.60), (256, 0.75)):
        if clients in plan.clients:
            ratios.at_least(f"{clients} clients / ceiling at 64 per commit", results[GROUP, clients]["rate"] / top, goal)
    ratios.at_least("one client / commit per request", results[GROUP, 1]["rate"] / results[ALONE, 1]["rate"], 1.0)
    ratios.at_most("p99 at 64 clients, ms", results[GROUP, 64]["p99_ms"], 50, 1)
    ratios.at_most("max at 64 clients, ms", results[GROUP, 64]["max_ms"], 200)
    return text


def write_slow(results, plan, ratios):
    rows = [(f"+{delay} ms", clients, number(results[delay, GROUP, clients]["rate"]),
             number(results[delay, ALONE, clients]["rate"]),
             number(results[delay, GROUP, clients]["rate"] / results[delay, ALONE, clients]["rate"], 1))
            for delay in plan.delays_ms for clients in plan.slow_clients]
    two = results[2, GROUP, 64]["rate"] / results[2, ALONE, 64]["rate"]
    ratios.at_least("2 ms syncs, 64 clients: group / commit per request", two, 10, 1)
    return "## A slower disk\n\n" + table(["each sync", "clients", "group, events/s", "commit per request", "times"], rows)


def write_readers(results, _plan, ratios):
    rows = [(count, number(row["rate"]), number(row["p99_ms"], 1), number(row["log_mb"])) for count, row in results.items()]
    ratios.at_least("50 slow clients: events/s with / without", results[50]["rate"] / results[0]["rate"], 0.85)
    return "## Clients that do not read their answers\n\n" + table(["slow clients", "events/s at 64 clients", "p99 ms", "log MB"], rows)


def all_answered(row):
    return row["ok"] > 0 and row["refused"] + row["other"] == 0


def over_http(row):
    if not row:
        return ""
    missing = row["refused"] + row["other"]
    told = f"{number(row['p50_ms'] * 1000)} / {number(row['p99_ms'] * 1000)}" if row["ok"] else "none"
    return told + (f" ({number(missing)} of {number(missing + row['ok'])} not a 200)" if missing else "")


def beneath(row, layer):
    """Of bench_queries; 0 where it does not measure this."""
    return f"{number(row[layer + '_us'])} / {number(row[layer + '_p99_us'])}" if row and row[layer + "_us"] else ""


def write_queries(results, plan, ratios):
    text = ("## Queries\n\np50 / p99 in µs: over HTTP with one client and with 16, through the reader, and for the bare SQL statements, "
            "each for the same hundred values. \"Index alone\" finds the hits, without their rows and excerpts.\n")
    for calls in plan.sizes:
        rows = [(name, over_http(results.get((calls, name, 1))), over_http(results.get((calls, name, 16))),
                 number(results[calls, name, 16]["rate"]) if (calls, name, 16) in results else "",
                 beneath(results.get((calls, name, "bare")), "reader"), beneath(results.get((calls, name, "bare")), "bare"))
                for name in dict.fromkeys(name for size, name, kind in results if size == calls and kind != 0)]
        size = results[calls, "disk", 0]
        text += (f"\n{number(calls)} calls, {number(size['events'])} events, {number(size['disk_bytes'] / size['events'])} bytes on "
                 f"disk per event, {number(size['disk_bytes'] / size['body_bytes'], 3)} per byte of a body:\n\n")
        text += table(["query", "1 client", "16 clients", "16 clients, /s", "reader", "bare"], rows)
    biggest, smallest = plan.sizes[-1], plan.sizes[0]
    http = lambda name, size=biggest: results[size, name, 1]
    bare = lambda name: results[biggest, name, "bare"]["bare_us"]
    for size in plan.sizes[1:]:
        for name in ("calls by number", "timeline of a number", "timeline of an own line"):
            spent = (http(name, size)["p50_ms"] - http("hello", size)["p50_ms"]) * 1000
            ratios.at_most(f"{name}, {number(size)} calls: (p50 − hello) / bare", spent / results[size, name, "bare"]["bare_us"], 4,
                           answered=all_answered(http(name, size)))
    first, middle = http("own line, first page"), http("own line, middle page")
    ratios.at_most("middle page / first page", middle["p50_ms"] / first["p50_ms"], 1.5, answered=all_answered(middle))
    growth = first["p50_ms"] / http("own line, first page", smallest)["p50_ms"]
    ratios.at_most(f"own line at {number(biggest)} / at {number(smallest)} calls", growth, 2, answered=all_answered(first))
    for name, newest, best in (("common word", 1, 50), ("rare word", 1, 50), ("two words", 1, 50), ("phrase", 1, 150),
                               ("prefix of three letters", 15, 50)):
        ratios.at_most(f"index alone, newest first, {name}, ms", bare(f"index alone, newest first, {name}") / 1000, newest)
        ratios.at_most(f"index alone, by relevance, {name}, ms", bare(f"index alone, by relevance, {name}") / 1000, best)
    size = results[biggest, "disk", 0]
    ratios.at_most("disk bytes / body bytes", size["disk_bytes"] / size["body_bytes"], 2.1, 3)
    return text


def write_memory(results, _plan, ratios):
    for name, goal in (("idle", 20), ("after ingest", 100), ("under 64 readers", 150)):
        ratios.at_most(f"memory {name}, MiB", results[name], goal, 1)
    return "## Memory\n\n" + table(["", "MiB (Pss)"], [(name, number(value, 1)) for name, value in results.items()])


WRITERS = {"ingest": write_ingest, "slow": write_slow, "readers": write_readers, "queries": write_queries,
           "memory": write_memory}


def write(results, plan, folder):
    ratios = Ratios()
    sections = [WRITERS[part](result, plan, ratios) for part, result in results.items()]
    head = "# Benchmark\n\nWritten by `bench/run`; do not edit. " + machine(folder)
    head += ("\nThe load: 30 % calls of 20 transcript entries, 60 % messages, 10 % contacts, in dialect v2 with webhook ids. "
             f"Medians of {plan.repetitions} alternating repetitions of {plan.seconds} s; the maximum is that of all repetitions. [profile.md](profile.md) explains missed goals, and where the time "
             "goes.\n\n## Goals\n\n")
    return head + table(["ratio", "reached", "goal", "met"], ratios.rows) + "\n" + "\n".join(sections)
