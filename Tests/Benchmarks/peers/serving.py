# What every peer does: print `ready`, and then, for every line with a number of seconds, repeat one job for that
# long, and print the units of work, the seconds they took, and numbers that the others must agree with.

import sys
import time


def serve(units, run, answer=lambda result: []):
    """`run` is the work; `answer` picks numbers from what it returned."""
    print("ready", flush=True)
    for line in sys.stdin:
        wanted, done = float(line), 0
        start = time.perf_counter()
        while True:
            result = run()
            done += units
            elapsed = time.perf_counter() - start
            if elapsed >= wanted:
                break
        print(done, elapsed, *(float(number) for number in answer(result)), flush=True)
