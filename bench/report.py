"""Turns the measurements of bench/run into bench/RESULTS.md."""
import datetime
import platform
import subprocess

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


def machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")
    load = open("/proc/loadavg").read().split()[0]
    return (f"{datetime.date.today()}, commit {said_by('git', 'rev-parse', '--short', 'HEAD')}. {said_by('nproc')} cores ({model}), "
            f"{platform.system()} {platform.release()}, {said_by('g++', '--version').splitlines()[0]}, "
            f"SQLite {said_by('sqlite3', '--version').split(' ')[0]}. Load average at the end {load}. "
            "Clients and server share the cores.\n")


class Ratios:
    """The goals, each with what was reached."""

    def __init__(self):
        self.rows = []

    def at_most(self, name, value, goal, digits=2):
        self.rows.append((name, number(value, digits), f"≤ {goal}", "yes" if value <= goal else "**no**"))

    def at_least(self, name, value, goal, digits=2):
        self.rows.append((name, number(value, digits), f"≥ {goal}", "yes" if value >= goal else "**no**"))


def write_ingest(results, plan, ratios):
    ceilings = {batch: results["ceiling", batch] for batch in plan.batches}
    text = "## Ingest\n\nIn one process, events decoded beforehand (the ceiling):\n\n"
    text += table(["events a commit", "events/s"], [(batch, number(row["rate"])) for batch, row in ceilings.items()])
    text += "\nOver HTTP, durable events/s; `--batch-limit 1` is the same program with a commit for each request:\n\n"
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
            ratios.at_least(f"{clients} clients / ceiling at 64 a commit", results[GROUP, clients]["rate"] / top, goal)
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


def write_readers(results, _plan, _ratios):
    rows = [(count, number(row["rate"]), number(row["p99_ms"], 1), number(row["log_mb"])) for count, row in results.items()]
    return "## Readers that do not read\n\n" + table(["slow readers", "events/s at 64 clients", "p99 ms", "log MB"], rows)


def over_http(row):
    return f"{number(row['p50_ms'] * 1000)} / {number(row['p99_ms'] * 1000)}" if row else ""


def beneath(row, layer):
    """Of bench_questions; 0 where it does not measure this."""
    return f"{number(row[layer + '_us'])} / {number(row[layer + '_p99_us'])}" if row and row[layer + "_us"] else ""


def write_questions(results, plan, ratios):
    text = "## Questions\n\np50 / p99 in µs: over HTTP with one client and with 16, through the reader, and the same statements stepped bare.\n"
    for calls in plan.sizes:
        rows = [(name, over_http(results.get((calls, name, 1))), over_http(results.get((calls, name, 16))),
                 number(results[calls, name, 16]["rate"]) if (calls, name, 16) in results else "",
                 beneath(results.get((calls, name, "bare")), "reader"), beneath(results.get((calls, name, "bare")), "bare"))
                for name in dict.fromkeys(name for size, name, kind in results if size == calls and kind != 0)]
        size = results[calls, "disk", 0]
        text += (f"\n{number(calls)} calls, {number(size['events'])} events, {number(size['disk_bytes'] / size['events'])} bytes on "
                 f"disk an event, {number(size['disk_bytes'] / size['body_bytes'], 3)} for each byte of a body:\n\n")
        text += table(["question", "1 client", "16 clients", "16 clients, /s", "reader", "bare"], rows)
    biggest, smallest = plan.sizes[-1], plan.sizes[0]
    hello = results[biggest, "hello", 1]["p50_ms"] * 1000
    bare = lambda name, size=biggest: results[size, name, "bare"]["bare_us"]
    for name in ("calls by number", "timeline of a number"):
        spent = results[biggest, name, 1]["p50_ms"] * 1000 - hello
        ratios.at_most(f"{name}: (p50 − hello) / bare", spent / bare(name), 4)
    pages = [results[biggest, f"own line, {page} page", 1]["p50_ms"] for page in ("middle", "first")]
    ratios.at_most("middle page / first page", pages[0] / pages[1], 1.5)
    growth = results[biggest, "own line, first page", 1]["p50_ms"] / results[smallest, "own line, first page", 1]["p50_ms"]
    ratios.at_most(f"own line at {number(biggest)} / at {number(smallest)} calls", growth, 2)
    for name, newest, best in (("common word", 1, 50), ("two words", 1, 50), ("phrase", 1, 150),
                               ("prefix of three letters", 15, None)):
        ratios.at_most(f"search newest first, {name}, bare ms", bare(f"index alone, newest first, {name}") / 1000, newest)
        if best:
            ratios.at_most(f"search by relevance, {name}, bare ms", bare(f"index alone, by relevance, {name}") / 1000, best)
    size = results[biggest, "disk", 0]
    ratios.at_most("disk bytes / body bytes", size["disk_bytes"] / size["body_bytes"], 2.1, 3)
    return text


def write_memory(results, _plan, ratios):
    for name, goal in (("idle", 20), ("after ingest", 100), ("under 64 readers", 150)):
        ratios.at_most(f"memory {name}, MiB", results[name], goal, 1)
    return "## Memory\n\n" + table(["", "MiB (Pss)"], [(name, number(value, 1)) for name, value in results.items()])


WRITERS = {"ingest": write_ingest, "slow": write_slow, "readers": write_readers, "questions": write_questions,
           "memory": write_memory}


def write(results, plan):
    ratios = Ratios()
    sections = [WRITERS[part](result, plan, ratios) for part, result in results.items()]
    head = "# Benchmark\n\nWritten by `bench/run`; do not edit. " + machine()
    head += ("\nThe load: 30 % calls of 20 transcript entries, 60 % messages, 10 % contacts, in dialect v2 with webhook ids. "
             f"Medians of {plan.repetitions} alternating repetitions of {plan.seconds} s.\n\n## Goals\n\n")
    return head + table(["ratio", "reached", "goal", "met"], ratios.rows) + "\n" + "\n".join(sections)
