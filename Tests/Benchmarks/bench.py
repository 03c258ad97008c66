#!/usr/bin/env python3
# Times cnb beside its peers on the machine at hand: `bench.py --help`. How it is done stands in turns.py, what is
# measured in benchmarks.py and growth.py. Nothing here is a test.

import argparse
import json
import os
import subprocess
import sys
import time

import benchmarks
import growth
import machine
import notebook
import report
from contestants import Clock
from turns import take_turns

PEER_PYTHONS = (".build/bench/bin/python", "python3")
LAST_RUN = ".build/bench-last-run.json"


class Options:
    """What was asked for on the command line."""

    def __init__(self):
        asked = parser().parse_args()
        self.cnb = os.path.abspath(asked.cnb)
        self.engine = os.path.abspath(asked.engine or f"{os.path.dirname(asked.cnb)}/cnb-bench")
        self.only = asked.only
        self.quick = asked.quick
        self.compiled = asked.compile
        self.keep = asked.keep
        self.rounds = 1 if asked.quick else asked.rounds
        self.seconds = 0.05 if asked.quick else asked.seconds
        self.patience = 0 if asked.quick else asked.patience
        self.limit = asked.limit
        self.threads = 1 if asked.cpu_time else asked.threads
        self.clock = Clock(asked.cpu_time)
        self.mnist = mnist_folder()
        candidates = [asked.python] if asked.python else PEER_PYTHONS
        self.python, self.peers = next(
            ((name, text) for name in candidates if (text := versions(name))), (None, None))


def parser():
    parser = argparse.ArgumentParser(description="Times cnb beside its peers.")
    parser.add_argument("--cnb", default=".build/release/cnb", help="the command")
    parser.add_argument("--engine", help="cnb-bench; without this, beside the command")
    parser.add_argument("--python", help="a Python with the peers")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PART",
        help=f"{', '.join(benchmarks.SECTIONS)}, growth-SERIES, or parts of names")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--seconds", type=float, default=0.3, help="of work in a turn")
    parser.add_argument(
        "--quick", action="store_true", help="one short turn each, on less: to see that all works")
    parser.add_argument("--compile", action="store_true", help="torch.compile takes part, too")
    parser.add_argument(
        "--keep", action="store_true", help="write this run's tables into Notebooks/benchmarks.cnb")
    parser.add_argument("--threads", type=int, default=machine.PROCESSORS)
    parser.add_argument(
        "--cpu-time", action="store_true",
        help="count processor time, with one thread: for a machine that others use, too")
    parser.add_argument(
        "--limit", type=float, default=0.08, help="the share of the machine that others may take")
    parser.add_argument(
        "--patience", type=float, default=8, help="seconds to wait for a quiet machine, each turn")
    return parser


def mnist_folder():
    """Where MNIST lies: the same places as cnb looks in."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for folder in (os.environ.get("CNB_DATA"), f"{cache}/cnb"):
        for place in (f"{folder}/mnist", folder) if folder else ():
            name = f"{place}/train-images-idx3-ubyte"
            if os.path.exists(name) or os.path.exists(name + ".gz"):
                return place
    return None


def versions(python):
    """What the peers are, or None where not even NumPy is there."""
    program = """
import importlib.metadata as m, sys, numpy
names = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime", "numpy": "NumPy", "scipy": "SciPy",
         "scikit-learn": "scikit-learn"}
found = [f"CPython {sys.version.split()[0]}"]
for name, title in names.items():
    try:
        found.append(f"{title} {m.version(name)}")
    except m.PackageNotFoundError:
        pass
print(", ".join(found))
"""
    try:
        result = subprocess.run([python, "-c", program], capture_output=True, text=True)
    except OSError:
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def version(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    return (result.stdout or result.stderr).strip()


def introduce(options):
    print(machine.description())
    print(f"{version(options.cnb, '--version')}; {version('python3', '--version')}")
    print(f"peers: {options.peers or 'none (make bench-setup installs them)'}")
    print(
        f"{options.rounds} turns of {options.seconds:g} s, taken round and round: median, least and most; "
        f"a turn is disturbed where others took over {options.limit:.0%} of the machine")
    if options.clock.counts_cpu:
        print("processor time with one thread, not time on the clock")


def measure(options, run):
    """Every benchmark that is wanted. Gives whether all answers agree."""
    agree = True
    for benchmark in benchmarks.everything(options.quick, options.compiled):
        if benchmark.wanted(options.only):
            outcome = take_turns(options, benchmark.contestants)
            agree = report.show(benchmark, outcome, options.limit) and agree
            kept = list(report.records(benchmark, outcome, options.limit))
            run["benchmarks"][benchmark.name] = {
                "records": kept, "aim": benchmark.aim, "limit_ms": benchmark.limit_ms,
                "agree": not outcome.disagreements(benchmark.tolerance)}
            save(options, run)
    kept = [record for entry in run["benchmarks"].values() for record in entry["records"]]
    report.show_crossovers(kept)
    report.show_share_of_limit(kept)
    return agree


def measure_growth(options, run):
    options.rounds = min(options.rounds, 3)
    for series in growth.everything(options.quick):
        if series.wanted(options.only):
            records, left_out = growth.measure(series, options)
            growth.report(series, records, left_out)
            run["growth"][series.name] = {
                "axis": series.axis, "unit": series.unit, "records": records}
            save(options, run)


def save(options, run):
    """After each benchmark, so that a run that is interrupted leaves what it has."""
    if not options.quick:
        os.makedirs(os.path.dirname(LAST_RUN), exist_ok=True)
        with open(LAST_RUN, "w") as file:
            json.dump(run, file, indent=1)


def last_run(options):
    """A partial run replaces a part of the last one; a whole run, all of it."""
    if options.only and not options.quick and os.path.exists(LAST_RUN):
        with open(LAST_RUN) as file:
            return json.load(file)
    return {"benchmarks": {}, "growth": {}}


def main():
    options = Options()
    if not os.access(options.cnb, os.X_OK):
        sys.exit(f"there is no command at {options.cnb}: make build, or --cnb PATH")
    begin = time.monotonic()
    introduce(options)
    run = last_run(options)
    run.update({
        "machine": machine.described(), "peers": options.peers or "none", "rounds": options.rounds,
        "seconds": options.seconds, "day": time.strftime("%Y-%m-%d"),
        "version": version(options.cnb, "--version")})
    agree = measure(options, run)
    measure_growth(options, run)
    if options.keep:
        notebook.keep(run, options.cnb)
    print(f"\n{time.monotonic() - begin:.0f} s in all" + ("" if agree else "; ANSWERS DIFFER"))
    sys.exit(0 if agree else 1)


main()
