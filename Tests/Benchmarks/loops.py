# The same small programs in both languages, side by side: what an interpreter does all day. Each prints
# its result, and both results must be the same.

from dataclasses import dataclass


@dataclass
class Program:
    name: str
    cnb: str
    python: str
    call: str  # the same in both languages
    aim: float | None = None  # how many times as fast as CPython


PROGRAMS = [
    Program(
        "while loop",
        """
fn work(n) {
  i = 0
  total = 0
  while i < n {
    total = total + (i * 3 - total / 2) mod 7
    i = i + 1
  }
  total
}
""",
        """
def work(n):
    i = 0
    total = 0
    while i < n:
        total = total + (i * 3 - total / 2) % 7
        i = i + 1
    return total
""",
        "work(2000000)",
        2,
    ),
    Program(
        "for loops",
        """
fn work(n) {
  total = 0
  for i in 0..<n {
    for j in 0..<n {
      if j > i { total = total + i * j }
    }
  }
  total
}
""",
        """
def work(n):
    total = 0
    for i in range(0, n):
        for j in range(0, n):
            if j > i:
                total = total + i * j
    return total
""",
        "work(1500)",
        2,
    ),
    Program(
        "calls (fib)",
        """
fn fib(n) {
  if n < 2 { return n }
  fib(n - 1) + fib(n - 2)
}
""",
        """
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
""",
        "fib(27)",
        1,
    ),
    Program(
        "map and filter",
        """
fn work(n) {
  total = 0
  for round in 0..<10 {
    squares = map(0..<n, x => x * x + round)
    total = total + sum(filter(squares, x => x mod 3 == 0))
  }
  total
}
""",
        """
def work(n):
    total = 0
    for round in range(0, 10):
        squares = list(map(lambda x: x * x + round, range(0, n)))
        total = total + sum(list(filter(lambda x: x % 3 == 0, squares)))
    return total
""",
        "work(100000)",
    ),
]


def cnb_text(program, laps):
    lap = f"print {program.call}\n"
    return program.cnb + 'print "ready"\n' + lap * laps


def python_text(program, laps):
    lap = f"print({program.call}, flush=True)\n"
    return program.python + 'print("ready", flush=True)\n' + lap * laps
