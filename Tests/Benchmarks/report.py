# What is shown of a benchmark on the terminal, and what is kept of it.

import statistics
import sys


def digits(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def show(benchmark, outcome, limit):
    """A line for each contestant, then what follows from them. Gives whether answers agree."""
    print(f"\n{benchmark.name}" + (f" ({benchmark.note})" if benchmark.note else ""))
    print(
        f"  {'':24}{benchmark.unit:>12}{'least':>10}{'most':>10}{'cnb is':>10}{'peak MB':>9}"
        f"{'disturbed':>11}")
    for record in records(benchmark, outcome, limit):
        shares = "".join(f"{digits(record[key]):>{width}}" for key, width in (
            ("median", 12), ("least", 10), ("most", 10)))
        times = f"{record['ahead']:.2f} ×" if "ahead" in record else ""
        bad = f"{record['disturbed']} of {record['rounds']}"
        print(f"  {record['by']:24}{shares}{times:>10}{record['megabytes']:>9,}{bad:>11}")
    for line in outcome.left_out:
        print(f"  {line}")
    print_verdict(benchmark, outcome)
    wrong = outcome.disagreements(benchmark.tolerance)
    for line in wrong:
        print(f"  THE ANSWERS DIFFER: {line}")
    sys.stdout.flush()
    return not wrong


def records(benchmark, outcome, limit):
    """What each contestant did, as plain values. `ahead` is how many times as fast ours is."""
    has_ours = bool(outcome.turns) and outcome.turns[0].name == "cnb"
    for turns in outcome.turns:
        figures = [benchmark.figure(seconds) for seconds in turns.seconds]
        record = {
            "benchmark": benchmark.name, "section": benchmark.section, "by": turns.name,
            "unit": benchmark.unit, "median": statistics.median(figures), "least": min(figures),
            "most": max(figures), "megabytes": round(turns.peak / 1e6), "rounds": len(figures),
            "disturbed": sum(share > limit for share in turns.foreign)}
        if has_ours:
            record["ahead"] = outcome.ahead(turns)
        yield record


def print_verdict(benchmark, outcome):
    best = outcome.best_peer
    if best is not None:
        ahead = outcome.ahead(best)
        sentence = f"cnb is {ahead:.2f} × as fast as {best.name}, the fastest peer"
        if benchmark.aim:
            sentence += f"; the aim is {benchmark.aim:g}: {reached(ahead >= benchmark.aim)}"
        print(f"  {sentence}")
    if benchmark.limit_ms and outcome.turns and outcome.turns[0].name == "cnb":
        took = outcome.turns[0].median * 1000
        print(
            f"  cnb takes {took:.1f} ms; the aim is {benchmark.limit_ms:g} ms: "
            f"{reached(took <= benchmark.limit_ms)}")


def reached(yes):
    return "reached" if yes else "NOT REACHED"


def show_crossovers(kept):
    """Where skipping zeros is as fast as the dense loops, between two shares of weights that are kept."""
    names = dict.fromkeys(
        record["benchmark"] for record in kept if record["benchmark"].startswith("crossover"))
    for name in names:
        speed = {record["by"].removeprefix("cnb, "): record["median"]
                 for record in kept if record["benchmark"] == name}
        dense = speed.pop("dense", None)
        rungs = sorted((int(by.rstrip("%")), dense / found) for by, found in speed.items() if dense)
        if not rungs:
            continue
        wins = [rung for rung in rungs if rung[1] < 1]
        loses = [rung for rung in rungs if rung[1] >= 1]
        if not wins or not loses:
            where = "at every share" if wins else "at no share"
        else:
            (low, fast), (high, slow) = wins[-1], loses[0]
            where = f"up to {low + (1 - fast) / (slow - fast) * (high - low):.0f}% of the weights"
        print(f"\n{name}: skipping zeros is faster than dense {where}")


def show_share_of_limit(kept):
    """Quantizing reads four bytes and writes one for every number; reading alone is the limit."""
    mine = [record for record in kept if record["by"] == "cnb"]
    speed = {record["benchmark"].split()[0]: record["median"] for record in mine
             if record["section"] == "streams"}
    if "quantize" in speed and "read" in speed:
        share = speed["quantize"] / speed["read"]
        print(
            f"\nquantizing reads at {share:.0%} of the speed of reading alone, and writes a quarter of "
            f"that beside; the aim is 80%: {reached(share >= 0.8)}")
