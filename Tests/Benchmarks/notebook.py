# Keeps the last run in Notebooks/benchmarks.cnb: writes the figures into it as literals, each group between two
# comments, and runs it, so that the language itself sorts, filters and draws them.

import subprocess
import sys
import textwrap

PATH = "Notebooks/benchmarks.cnb"


def keep(run, command):
    """Writes the tables, and runs the notebook with them."""
    if not any(best_peer(entry) for entry in run["benchmarks"].values()):
        sys.exit("nothing to keep: in no benchmark did cnb meet a peer")
    with open(PATH, encoding="utf-8") as file:
        text = file.read()
    for name, parts in (("figures", figures), ("verdict", verdict), ("growth", growth)):
        text = replaced(text, name, "\n".join(parts(run)))
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(text)
    result = subprocess.run([command, "run", PATH], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{PATH} does not run: {result.stdout}{result.stderr}")
    print(f"\nkept in {PATH}")


def replaced(text, name, content):
    """The text with new content between the two comments of that name."""
    begin, end = f"<!-- {name}: written by `make bench` from here -->", f"<!-- {name}: to here -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"{PATH} has not exactly one place for its {name}")
    head, rest = text.split(begin)
    return f"{head}{begin}\n\n{content}\n{end}{rest.split(end)[1]}"


def rounded(value):
    return float(f"{value:.4g}")


def literal(value):
    """A value as the language writes it; numbers with four digits."""
    if isinstance(value, str):
        return '"' + value.replace('"', "'") + '"'
    if isinstance(value, int):
        return str(value)
    return f"{rounded(value):.9f}".rstrip("0").rstrip(".")


def record(**fields):
    return "(" + ", ".join(f"{name}: {literal(value)}" for name, value in fields.items()) + ")"


def cell(identity, *lines):
    return "\n".join([f"```cnb #{identity}", *lines, "```", ""])


def table(name, rows):
    if not rows:
        return [f"{name} = []"]
    return [f"{name} = [", *(f"  {row}," for row in rows[:-1]), f"  {rows[-1]}", "]"]


def figures(run):
    """Where it was measured, what everybody did, and what was aimed at."""
    facts = run["machine"]
    rounds = "1 round" if run["rounds"] == 1 else f"{run['rounds']} rounds"
    yield textwrap.fill(
        f"Measured on {run['day']} with {run['version']}, on {facts['processors']} processors "
        f"({facts['processor']}, {facts['instructions']}) with {facts['memory']} of memory, under "
        f"{facts['system']}. The peers are {run['peers']}. {rounds} of "
        f"{run['seconds']:g} seconds each.", 79, break_on_hyphens=False) + "\n"
    rows = [
        record(
            section=one["section"], benchmark=name, by=one["by"], median=one["median"],
            least=one["least"], most=one["most"], unit=one["unit"], ahead=one["ahead"],
            megabytes=one["megabytes"])
        for name, entry in run["benchmarks"].items() for one in entry["records"]
        if "ahead" in one]
    yield cell("runs", *table("runs", rows))
    aims = [record(benchmark=name, aim=entry["aim"])
            for name, entry in run["benchmarks"].items() if entry["aim"]]
    yield cell("aims", *table("aims", aims))


def verdict(run):
    """Counts, each a claim that the notebook tests; and the aims that are no ratio."""
    pairs = [(best_peer(entry), entry["aim"]) for entry in run["benchmarks"].values()]
    met = [(rounded(best["ahead"]), aim) for best, aim in pairs if best]
    # Where we race ourselves (whole numbers against fp32), nobody else is beaten.
    others = [rounded(best["ahead"]) for best, _ in pairs if best and not best["by"].startswith("cnb")]
    fastest = sum(ahead >= 1 for ahead in others)
    aimed = [(ahead, aim) for ahead, aim in met if aim]
    reached = sum(ahead >= aim for ahead, aim in aimed)
    yield (
        f"cnb is [at least as fast as every peer in {fastest} of {len(others)}\n"
        f'benchmarks](claim:#fastest "count(filter(fastest, f => f.ahead >= 1)) == {fastest}"), and\n'
        f"[reaches {reached} of {len(aimed)} aims](claim:#aimed "
        f'"count(filter(aimed, a => a.ahead >= a.aim)) == {reached}").\n')
    ours = {name: entry["records"][0]["median"] for name, entry in run["benchmarks"].items()
            if entry["records"] and entry["records"][0]["by"] == "cnb"}
    if "start to prompt" in ours:
        yield f"The first prompt appears after {ours['start to prompt']:.1f} ms; the aim is 6 ms.\n"
    if all(f"{job} 1 GiB" in ours for job in ("quantize", "read", "copy")):
        share = ours["quantize 1 GiB"] / ours["read 1 GiB"]
        yield textwrap.fill(
            f"Quantizing reads its numbers at {share:.0%} of the speed of reading alone, though it "
            f"also writes a byte for every four; the aim is 80%. Beside a plain copy, it is at "
            f"{ours['quantize 1 GiB'] / ours['copy 1 GiB']:.0%}; the aim is 50%.", 79) + "\n"


def best_peer(entry):
    """The fastest of the others, or nobody where there are none, or we are missing."""
    peers = [one for one in entry["records"] if one["by"] != "cnb" and "ahead" in one]
    return min(peers, key=lambda one: one["ahead"], default=None)


def growth(run):
    for name, one in run["growth"].items():
        columns = [key for key in (one["records"] or [{}])[0] if key != "size"]
        rows = [row for row in one["records"] if all(key in row for key in columns)]
        if not columns or columns[0] != "cnb":
            continue
        axis, table_name = one["axis"], f"growth_{name}"
        fields = [record(**{axis: row["size"]}, **{key: row[key] / 1000 for key in columns})
                  for row in rows]
        names = ", ".join(literal(key) for key in columns)
        yield f"### {name.capitalize()}\n"
        yield cell(
            name, *table(table_name, fields), table_name,
            f'plot {table_name}, x: "{axis}", y: [{names}], log: .both,',
            f'  title: "µs for one {one["unit"]}"')
        first, last = rounded(rows[0]["cnb"] / 1000), rounded(rows[-1]["cnb"] / 1000)
        if last < first / 1.1:
            yield (
                f"[With {rows[-1]['size']:,} {axis}, each {one['unit']} costs less than with\n"
                f'{rows[0]["size"]:,}](claim:#{name} "{table_name}[{len(rows) - 1}].cnb < '
                f'{table_name}[0].cnb").\n')
