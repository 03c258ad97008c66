#!/usr/bin/env python3
# Times cnb beside its peers on the machine at hand. Turns go round and round, so that a drift of the machine
# meets all alike, and a turn is taken again while other work disturbs it. Nothing here is a test.

import argparse
import os
import statistics
import subprocess
import sys

import loops
import machine
import training
from contestants import Clock, Missing, Script, Start

PEER_PYTHONS = (".build/bench/bin/python", "python3")


class Options:
    """What was asked for on the command line."""

    def __init__(self):
        parser = argparse.ArgumentParser(description="Times cnb beside its peers.")
        parser.add_argument("--cnb", default=".build/release/cnb", help="the command")
        parser.add_argument("--python", help="a Python with PyTorch")
        parser.add_argument("--only", help="start, loops, training, or a part of a benchmark's name")
        parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
        parser.add_argument("--examples", type=int, default=12_800, help="images in an epoch")
        parser.add_argument("--threads", type=int, default=machine.PROCESSORS)
        parser.add_argument(
            "--cpu-time", action="store_true",
            help="count processor time, with one thread: for a machine that others use, too")
        parser.add_argument(
            "--limit", type=float, default=0.08, help="the share of the machine that others may take")
        parser.add_argument(
            "--patience", type=float, default=20, help="seconds to wait for a quiet machine, each turn")
        asked = parser.parse_args()
        self.cnb = os.path.abspath(asked.cnb)
        self.only = asked.only
        self.rounds = asked.rounds
        self.examples = asked.examples
        self.threads = 1 if asked.cpu_time else asked.threads
        self.clock = Clock(asked.cpu_time)
        self.limit = asked.limit
        self.patience = asked.patience
        candidates = [asked.python] if asked.python else PEER_PYTHONS
        self.python, self.peers = next(
            ((name, text) for name in candidates if (text := training.versions(name))), (None, None))

    def wants(self, section, name):
        return not self.only or self.only == section or self.only in name


class Turns:
    """All turns of one contestant."""

    def __init__(self, contestant):
        self.contestant = contestant
        self.name = contestant.name
        self.seconds = []  # one median for each round
        self.foreign = []  # the share of the machine that others took in it
        self.peak = 0
        self.answer = None

    def take(self, options):
        """One turn, again while others disturb it; the least disturbed one counts."""
        best = None
        for _ in range(3):
            machine.wait_until_quiet(options.limit, options.patience / 3)
            watch = machine.Watch()
            block = self.contestant.block()
            foreign = watch.foreign_share(block.cpu)
            if best is None or foreign < best[0]:
                best = (foreign, block)
            if foreign <= options.limit:
                break
        foreign, block = best
        self.seconds.append(statistics.median(block.laps))
        self.foreign.append(foreign)
        self.peak = max(self.peak, block.peak)
        self.answer = block.answers[-1] if block.answers else None


def take_turns(options, makers):
    """Runs contestants in turn. Who is missing, or fails, is named and left out."""
    all_turns, left_out = [], []
    for name, make in makers:
        try:
            all_turns.append(Turns(make()))
        except (Missing, OSError) as error:
            left_out.append(f"{name}: left out, {error}")
    for _ in range(options.rounds):
        for turns in list(all_turns):
            try:
                turns.take(options)
            except (Missing, OSError) as error:
                left_out.append(f"{turns.name}: left out, {error}")
                all_turns.remove(turns)
    for turns in all_turns:
        turns.contestant.close()
    return all_turns, left_out


def ratio(turns, other):
    """The median over the rounds of this one's time to the other's."""
    return statistics.median(a / b for a, b in zip(turns.seconds, other.seconds))


def report(title, all_turns, left_out, limit, examples=None):
    print(f"\n{title}")
    first = all_turns[0] if all_turns else None
    unit, scale = ("images/s", None) if examples else ("ms", 1000)
    print(
        f"  {'':22}{unit:>10}{'least':>10}{'most':>10}{'× time of first':>17}{'peak MB':>9}"
        f"{'disturbed':>11}")
    for turns in all_turns:
        figures = [examples / s if examples else s * scale for s in turns.seconds]
        middle, least, most = statistics.median(figures), min(figures), max(figures)
        digits = 0 if middle >= 1000 else 1 if middle >= 10 else 2
        shares = [f"{value:>10.{digits}f}" for value in (middle, least, most)]
        bad = sum(share > limit for share in turns.foreign)
        print(
            f"  {turns.name:22}{''.join(shares)}{ratio(turns, first):>17.2f}"
            f"{turns.peak / 1e6:>9.0f}{f'{bad} of {len(turns.foreign)}':>11}")
    for line in left_out:
        print(f"  {line}")
    verdict(all_turns, left_out)
    sys.stdout.flush()


def verdict(all_turns, left_out):
    """One sentence: how our time compares with that of the fastest peer."""
    if len(all_turns) < 2 or all_turns[0].name != "cnb":
        return
    ours, *peers = all_turns
    best = min(peers, key=lambda turns: statistics.median(turns.seconds))
    share = ratio(ours, best)
    word = "faster" if share <= 1 else "slower"
    print(f"  cnb takes {share:.2f} × the time of {best.name}: {max(share, 1 / share):.2f} × {word}")


def bench_start(options):
    python = "python3"
    pairs = [
        ("start to the first prompt", [
            ("cnb", lambda: Start("cnb", [options.cnb], "cnb>")),
            ("python3", lambda: Start("python3", [python, "-q"], ">>>"))]),
        ("start, one expression, end", [
            ("cnb", lambda: Start("cnb", [options.cnb, "-e", "1"])),
            ("python3", lambda: Start("python3", [python, "-c", "pass"]))]),
    ]
    for title, makers in pairs:
        if options.wants("start", title):
            report(title, *take_turns(options, makers), options.limit)


def bench_loops(options):
    for program in loops.PROGRAMS:
        if not options.wants("loops", program.name):
            continue
        cnb, python = loops.cnb_text(program, 4), loops.python_text(program, 4)
        clock = options.clock
        all_turns, left_out = take_turns(options, [
            ("cnb", lambda: Script("cnb", [options.cnb], cnb, None, 1, clock)),
            ("python3", lambda: Script("python3", ["python3", "-"], python, None, 1, clock))])
        report(f"{program.name}: {program.call}", all_turns, left_out, options.limit)
        answers = [turns.answer for turns in all_turns]
        if len(answers) == 2 and not loops.same(*answers):
            print(f"  THE RESULTS DIFFER: {answers[0]} and {answers[1]}")


def bench_training(options):
    for network, modes in training.NETWORKS.items():
        if not options.wants("training", network):
            continue
        title = (
            f"training {network}: epochs of {options.examples} MNIST images, batch 128, "
            f"sgd with momentum, {options.threads} threads")
        if not training.mnist_folder():
            print(f"\n{title}\n  left out: no MNIST in CNB_DATA or the data cache")
            continue
        shared = (options.examples, options.threads, options.clock)
        makers = [("cnb", lambda: training.cnb(options.cnb, network, *shared))]
        makers += [
            (f"pytorch {mode}", lambda mode=mode: training.pytorch(
                options.python, network, mode, *shared))
            for mode in modes]
        report(title, *take_turns(options, makers), options.limit, options.examples)


def main():
    options = Options()
    if not os.access(options.cnb, os.X_OK):
        sys.exit(f"there is no command at {options.cnb}: make build, or --cnb PATH")
    version = subprocess.run([options.cnb, "--version"], capture_output=True, text=True)
    python = subprocess.run(["python3", "--version"], capture_output=True, text=True)
    print(machine.description())
    print(f"{version.stdout.strip()} · loops and start: {python.stdout.strip()}")
    print(f"training: {options.peers or 'no PyTorch (make bench-setup)'}")
    print(
        f"median, least and most of {options.rounds} turns, taken round and round; a turn is disturbed "
        f"where others took over {options.limit:.0%} of the machine")
    if options.clock.counts_cpu:
        print("loops and training: processor time with one thread, not time on the clock")
    bench_start(options)
    bench_loops(options)
    bench_training(options)


main()
