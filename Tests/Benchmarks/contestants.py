# Processes that are timed: one that lives through all turns, one that is started for every turn, and one
# whose start is what is timed.

import os
import pty
import select
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from machine import cpu_seconds, peak_bytes


class Missing(Exception):
    """A contestant that cannot take part, and why."""


@dataclass
class Block:
    """What one turn of a contestant gave."""

    seconds: float  # for one unit of its work
    cpu: float  # processor seconds of the whole turn
    peak: int  # bytes
    answer: list[float] = field(default_factory=list)  # numbers that the others must agree with


class Clock:
    """Time that passes on the wall, or in the processors that work for one process."""

    def __init__(self, counts_cpu=False):
        self.counts_cpu = counts_cpu

    def read(self, pid):
        return cpu_seconds(pid) if self.counts_cpu else time.perf_counter()


LIMIT_SECONDS = 90


class Limit:
    """Ends a process that takes far too long for what it is asked."""

    def __init__(self, process):
        self._process = process
        self._timer = threading.Timer(LIMIT_SECONDS, self._end)
        self.is_over = False

    def _end(self):
        self.is_over = True
        self._process.kill()

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._timer.cancel()
        if self.is_over:
            raise Missing(f"not done after {LIMIT_SECONDS} s")


def reason(error, process):
    """The last thing that a process said before it failed."""
    error.seek(0)
    text = error.read().decode(errors="replace").strip()
    return Missing(text.splitlines()[-1] if text else f"ended with code {process.poll()}")


def numbers(text):
    """The numbers in a line; one language groups digits."""
    try:
        return [float(word.replace(",", "")) for word in text.split()]
    except ValueError:
        return []


class Contestant:
    """Somebody who can be asked for a turn. Making one starts what takes long; `begin` waits for it."""

    def begin(self):
        pass

    def close(self):
        pass


class Server(Contestant):
    """A program that lives through all turns. It prints `ready`, and then works for as many seconds as each
    line asks for, and answers with the units of work done, the seconds, and numbers to compare. Between
    its turns it is stopped, for some threads go on spinning after their work."""

    def __init__(self, command, seconds, environment=None, clock=Clock()):
        self._seconds = seconds
        self._clock = clock
        self._error = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._error,
            env={**os.environ, **(environment or {})})

    def begin(self):
        """Waits until it is ready, and lets it warm up."""
        with Limit(self._process):
            self._wait()
            self._ask(self._seconds / 3)
        self._process.send_signal(signal.SIGSTOP)

    def _wait(self):
        while (line := self._process.stdout.readline().decode()).strip() != "ready":
            if not line:
                self._process.wait()
                raise reason(self._error, self._process)

    def _ask(self, seconds):
        try:
            self._process.stdin.write(f"{seconds}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        found = numbers(self._process.stdout.readline().decode())
        if len(found) < 2:
            self._process.wait()
            raise reason(self._error, self._process)
        return found[0], found[1], found[2:]

    def block(self):
        pid = self._process.pid
        before = cpu_seconds(pid)
        self._process.send_signal(signal.SIGCONT)
        with Limit(self._process):
            units, seconds, answer = self._ask(self._seconds)
        self._process.send_signal(signal.SIGSTOP)
        cpu = cpu_seconds(pid) - before
        taken = cpu if self._clock.counts_cpu else seconds
        return Block(taken / units, cpu, peak_bytes(pid), answer)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._error.close()


class Script(Contestant):
    """A program that is started for every turn. It prints `ready`, and then a line after every lap."""

    def __init__(self, command, text="", environment=None, warmups=0, clock=Clock()):
        self._command = command
        self._text = text
        self._environment = {**os.environ, **(environment or {})}
        self._warmups = warmups
        self._clock = clock

    def block(self):
        with tempfile.TemporaryFile() as error:
            return self._run(error)

    def _run(self, error):
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=error,
            env=self._environment)
        process.stdin.write(self._text.encode())
        process.stdin.close()
        marks, last = [], ""
        with Limit(process):
            for line in process.stdout:
                text = line.decode().strip()
                if not marks and text != "ready":
                    continue
                marks.append(self._clock.read(process.pid))
                last = text
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        laps = [end - begin for begin, end in zip(marks, marks[1:])][self._warmups:]
        if process.returncode != 0 or not laps:
            raise reason(error, process)
        return Block(
            statistics.median(laps), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024,
            numbers(last))


class Start(Contestant):
    """Starts a program again and again; until it ends, or until it shows a prompt on a terminal."""

    def __init__(self, command, prompt=None, laps=20):
        self._command = command
        self._prompt = prompt.encode() if prompt else None
        self._laps = laps

    def block(self):
        runs = [self._to_prompt() if self._prompt else self._to_end() for _ in range(self._laps)]
        return Block(
            statistics.median(seconds for seconds, _ in runs),
            sum(usage.ru_utime + usage.ru_stime for _, usage in runs),
            max(usage.ru_maxrss for _, usage in runs) * 1024)

    def _to_end(self):
        begin = time.perf_counter()
        process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise Missing(f"ended with code {process.returncode}")
        return seconds, usage

    def _to_prompt(self):
        ours, theirs = pty.openpty()
        begin = time.perf_counter()
        process = subprocess.Popen(
            self._command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"})
        os.close(theirs)
        shown, seconds = b"", None
        try:
            while select.select([ours], [], [], 5)[0]:
                shown += os.read(ours, 4096)
                if self._prompt in shown:
                    seconds = time.perf_counter() - begin
                    break
        except OSError:
            pass  # The program ended, and its terminal with it.
        os.close(ours)
        process.send_signal(signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if seconds is None:
            raise Missing("showed no prompt")
        return seconds, usage
