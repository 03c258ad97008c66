# The method: contestants take turns, round and round, so that a drift of the machine meets all alike; a turn
# that other work disturbed is taken again.

import statistics
from dataclasses import dataclass, field

import machine
from contestants import Missing

TRIES = 4


class Turns:
    """All turns of one contestant."""

    def __init__(self, name, contestant):
        self.name = name
        self.contestant = contestant
        self.seconds = []  # for a unit of work, one for each round
        self.foreign = []  # the share of the machine that others took in it
        self.peak = 0
        self.answer = []

    def take(self, options):
        """One turn, again while others disturb it; the least disturbed one counts."""
        best = None
        for attempt in range(TRIES):
            if attempt > 0 and options.patience > 0:
                machine.wait_until_quiet(options.limit, options.patience / TRIES)
            watch = machine.Watch()
            block = self.contestant.block()
            foreign = watch.foreign_share(block.cpu)
            if best is None or foreign < best[0]:
                best = (foreign, block)
            if foreign <= options.limit or options.patience <= 0:
                break
        foreign, block = best
        self.seconds.append(block.seconds)
        self.foreign.append(foreign)
        self.peak = max(self.peak, block.peak)
        self.answer = block.answer

    @property
    def median(self):
        return statistics.median(self.seconds)


@dataclass
class Outcome:
    """What all contestants of a benchmark did, ours first, and who was left out."""

    turns: list[Turns]
    left_out: list[str] = field(default_factory=list)

    def ahead(self, turns):
        """How many times as fast the first contestant is: the median over the rounds."""
        first = self.turns[0]
        return statistics.median(b / a for a, b in zip(first.seconds, turns.seconds))

    @property
    def best_peer(self):
        """The fastest contestant that is not ours; nobody where we are missing."""
        peers = [turns for turns in self.turns if turns.name != "cnb"]
        if len(peers) == len(self.turns) or not peers:
            return None
        return min(peers, key=lambda turns: turns.median)

    def disagreements(self, tolerance):
        """Who answers something else than the first, by how much of the largest number."""
        first = self.turns[0].answer if self.turns else []
        found = []
        for turns in self.turns[1:]:
            if not first or not turns.answer:
                continue
            if len(first) != len(turns.answer):
                found.append(f"{turns.name} gives {len(turns.answer)} numbers, not {len(first)}")
                continue
            largest = max(map(abs, first)) or 1
            off = max(abs(a - b) for a, b in zip(first, turns.answer)) / largest
            if not off <= tolerance:
                found.append(
                    f"{turns.name} is off by {off:.2g} of the largest number, more than {tolerance}")
        return found


def take_turns(options, makers):
    """Runs contestants in turn. Who is missing, or fails, is named and left out."""
    outcome, started = Outcome([]), []
    for name, make in makers:
        try:
            started.append(Turns(name, make(options)))
        except (Missing, OSError) as error:
            outcome.left_out.append(f"{name}: left out, {error}")
    try:
        for turns in started:
            attempt(turns, outcome, turns.contestant.begin)
        outcome.turns = [turns for turns in started if not is_out(turns, outcome)]
        for _ in range(options.rounds):
            for turns in list(outcome.turns):
                attempt(turns, outcome, lambda turns=turns: turns.take(options))
                if is_out(turns, outcome):
                    outcome.turns.remove(turns)
    finally:
        for turns in started:
            turns.contestant.close()
    return outcome


def attempt(turns, outcome, work):
    try:
        work()
    except (Missing, OSError) as error:
        outcome.left_out.append(f"{turns.name}: left out, {error}")


def is_out(turns, outcome):
    return any(line.startswith(f"{turns.name}: ") for line in outcome.left_out)
