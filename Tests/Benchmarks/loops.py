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
    Program(
        "break and continue",
        """
fn work(n) {
  found = 0
  i = 0
  while true {
    i = i + 1
    if i > n { break }
    if i mod 3 == 0 or i mod 5 == 0 { continue }
    found = found + 1
  }
  found
}
""",
        """
def work(n):
    found = 0
    i = 0
    while True:
        i = i + 1
        if i > n:
            break
        if i % 3 == 0 or i % 5 == 0:
            continue
        found = found + 1
    return found
""",
        "work(1000000)",
    ),
    Program(
        "calls of others",
        """
fn square(x) { x * x }
fn between(x, low, high) { x >= low and x < high }
fn work(n) {
  total = 0
  for i in 0..<n {
    if between(i mod 100, 20, 80) { total = total + square(i) }
  }
  total
}
""",
        """
def square(x):
    return x * x
def between(x, low, high):
    return x >= low and x < high
def work(n):
    total = 0
    for i in range(0, n):
        if between(i % 100, 20, 80):
            total = total + square(i)
    return total
""",
        "work(500000)",
    ),
    Program(
        "closures",
        """
fn adder(step) { x => x + step }
fn compose(f, g) { x => f(g(x)) }
fn work(n) {
  total = 0
  for i in 0..<n {
    f = compose(adder(i), adder(1))
    total = total + f(2) + f(3)
  }
  total
}
""",
        """
def adder(step):
    return lambda x: x + step
def compose(f, g):
    return lambda x: f(g(x))
def work(n):
    total = 0
    for i in range(0, n):
        f = compose(adder(i), adder(1))
        total = total + f(2) + f(3)
    return total
""",
        "work(100000)",
    ),
    Program(
        "list building",
        """
fn work(n) {
  items = []
  for i in 0..<n { items = items + [i * 2] }
  total = 0
  for item in items { total = total + item }
  total
}
""",
        """
def work(n):
    items = []
    for i in range(0, n):
        items.append(i * 2)
    total = 0
    for item in items:
        total = total + item
    return total
""",
        "work(500000)",
    ),
    Program(
        "list indexing",
        """
fn work(n) {
  items = for i in 0..<n { (i * 7919) mod n }
  at = 0
  total = 0
  for i in 0..<n {
    at = items[at]
    total = total + items[i] * items[n - i - 1] + at
  }
  total
}
""",
        """
def work(n):
    items = [(i * 7919) % n for i in range(0, n)]
    at = 0
    total = 0
    for i in range(0, n):
        at = items[at]
        total = total + items[i] * items[n - i - 1] + at
    return total
""",
        "work(300000)",
    ),
    Program(
        "text building",
        """
fn work(n) {
  text = ""
  for i in 0..<n { text = text + "{i} " }
  text.count
}
""",
        """
def work(n):
    text = ""
    for i in range(0, n):
        text = text + f"{i} "
    return len(text)
""",
        "work(200000)",
    ),
    Program(
        "record fields",
        """
fn work(n) {
  point = (x: 0, y: 1, z: 2)
  for i in 0..<n {
    point = (x: point.y, y: point.z, z: (point.x + i) mod 1000)
  }
  point.x + point.y + point.z
}
""",
        """
class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z
def work(n):
    point = Point(x=0, y=1, z=2)
    for i in range(0, n):
        point = Point(x=point.y, y=point.z, z=(point.x + i) % 1000)
    return point.x + point.y + point.z
""",
        "work(300000)",
    ),
    Program(
        "planets",
        """
fn work(n) {
  x = 1
  y = 0
  u = 0
  v = 1
  step = 0.001
  for i in 0..<n {
    r = x * x + y * y
    pull = -1 / (r * r ^ 0.5)
    u = u + step * pull * x
    v = v + step * pull * y
    x = x + step * u
    y = y + step * v
  }
  (u * u + v * v) / 2 - 1 / (x * x + y * y) ^ 0.5
}
""",
        """
def work(n):
    x = 1.0
    y = 0.0
    u = 0.0
    v = 1.0
    step = 0.001
    for i in range(0, n):
        r = x * x + y * y
        pull = -1 / (r * r ** 0.5)
        u = u + step * pull * x
        v = v + step * pull * y
        x = x + step * u
        y = y + step * v
    return (u * u + v * v) / 2 - 1 / (x * x + y * y) ** 0.5
""",
        "work(200000)",
    ),
    Program(
        "sorting",
        """
fn work(n) {
  items = map(0..<n, i => (i * 7919) mod 100003)
  ordered = sort(items, by: x => 0 - x)
  plain = sort(items)
  ordered[0] + ordered[n - 1] + plain[1]
}
""",
        """
def work(n):
    items = list(map(lambda i: (i * 7919) % 100003, range(0, n)))
    ordered = sorted(items, key=lambda x: 0 - x)
    plain = sorted(items)
    return ordered[0] + ordered[n - 1] + plain[1]
""",
        "work(100000)",
    ),
    Program(
        "sieve",
        """
fn work(n) {
  left = 2...n
  primes = 0
  while true {
    first = left[0]
    primes = primes + 1
    if first * first > n { break }
    left = filter(left, x => x mod first != 0)
  }
  primes + count(left) - 1
}
""",
        """
def work(n):
    left = list(range(2, n + 1))
    primes = 0
    while True:
        first = left[0]
        primes = primes + 1
        if first * first > n:
            break
        left = list(filter(lambda x: x % first != 0, left))
    return primes + len(left) - 1
""",
        "work(20000)",
    ),
    Program(
        "tensor elements",
        """
fn work(n) {
  t = tensor(for i in 0..<100 { for j in 0..<100 { i + j } })
  total = 0
  for k in 0..<n { total = total + t[k mod 100, (k * 3) mod 100] }
  total
}
""",
        """
def work(n):
    t = [[float(i + j) for j in range(0, 100)] for i in range(0, 100)]
    total = 0
    for k in range(0, n):
        total = total + t[k % 100][(k * 3) % 100]
    return total
""",
        "work(300000)",
    ),
    Program(
        "words on numbers",
        """
fn work(n) {
  total = 0
  for i in 1...n { total = total + sqrt(i) + abs(5 - i) }
  total
}
""",
        """
from math import sqrt
def work(n):
    total = 0
    for i in range(1, n + 1):
        total = total + sqrt(i) + abs(5 - i)
    return total
""",
        "work(500000)",
    ),
]


def cnb_text(program, laps):
    lap = f"print {program.call}\n"
    return program.cnb + 'print "ready"\n' + lap * laps


def python_text(program, laps):
    lap = f"print({program.call}, flush=True)\n"
    return program.python + 'print("ready", flush=True)\n' + lap * laps
