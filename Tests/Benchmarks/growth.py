# How cost grows: the time for one unit of work, as batches, widths, depths, threads and arrays grow.

import math
from dataclasses import dataclass

from benchmarks import numpy, ours, pytorch
from turns import take_turns


@dataclass
class Series:
    name: str
    axis: str  # what grows
    unit: str  # what the time is for
    points: list  # pairs of a size and the contestants there
    divided: bool = False  # whether the time of a unit of work is divided by the size, too

    def wanted(self, only):
        return not only or "growth" in only or f"growth-{self.name}" in only


def networks(name, axis, sizes, job, peers, divided=False, unit="image"):
    return Series(name, axis, unit, [
        (size, [ours(*job(size)), *(make(*job(size)) for make in peers)]) for size in sizes],
        divided)


def partial(make, *first):
    return lambda *job: make(*first, *job)


def everything(quick=False):
    most = 10**6 if quick else 10**8
    batches = [1, 8, 32, 128, 512]
    sizes = [10**power for power in range(3, 9) if 10**power <= most]
    images = 1024 if quick else 6144
    return [
        networks(
            "inference", "images", batches, lambda size: ("infer", "lenet5", size, 32),
            [partial(pytorch, "jit")]),
        networks(
            "training", "images", batches,
            lambda size: ("train", "lenet5", size, max(2 * size, images // (8 if size < 32 else 1)),
                          "random"), [partial(pytorch, "fused")]),
        networks(
            "width", "units", [64, 256, 1024, 4096],
            lambda size: ("infer", f"dense{size}", 128, 32), [partial(pytorch, "eager")]),
        networks("depth", "blocks", [1, 2, 4, 8], lambda size: ("infer", f"blocks{size}", 32, 32), []),
        Series("threads", "threads", "image", [
            (count, [ours("train", "lenet5", 128, images, "random", threads=count),
                     pytorch("fused", "train", "lenet5", 128, images, "random", threads=count)])
            for count in (1, 2)]),
        networks(
            "quantizing", "numbers", sizes, shape_of_stream, [partial(numpy, "NumPy", "blocks")],
            divided=True, unit="number"),
        networks(
            "selecting", "numbers", sizes, lambda size: ("select", size),
            [partial(numpy, "NumPy", "partition")], divided=True, unit="number"),
    ]


def shape_of_stream(size):
    """Rows of a thousand numbers."""
    return "quantize", size // 1000, 1000


def measure(series, options):
    """Records of a size and the nanoseconds that each contestant took for a unit."""
    records, left_out = [], []
    for size, contestants in series.points:
        outcome = take_turns(options, contestants)
        record = {"size": size}
        for turns in outcome.turns:
            seconds = turns.median / (size if series.divided else 1)
            if series.name == "quantizing":  # A unit of work is a gigabyte, of four bytes each.
                seconds = turns.median * 4e-9
            record[turns.name.split()[0]] = seconds * 1e9
        if len(record) > 1:
            records.append(record)
        left_out += [line for line in outcome.left_out if line not in left_out]
    return records, left_out


def report(series, records, left_out):
    """A line for every size: the time, and a bar as long as its logarithm."""
    print(f"\n{series.name}: time for one {series.unit}, by {series.axis}")
    names = [name for name in (records[0] if records else {}) if name != "size"]
    times = [record[name] for record in records for name in names if name in record]
    if times:
        low, high = math.log(min(times)), math.log(max(times))
        scale = 40 / max(high - low, math.log(2))
    for record in records:
        for name in names:
            if name in record:
                bar = "█" * (1 + round((math.log(record[name]) - low) * scale))
                print(f"  {record['size']:>11,}  {name:8}{spoken(record[name]):>9}  {bar}")
    for line in left_out:
        print(f"  {line}")


def spoken(nanoseconds):
    """Three digits and a unit."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
