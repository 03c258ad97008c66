# Processes that are timed: one that is started for every block, one that lives through all of them, and
# one whose start is what is timed.

import os
import pty
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field

from machine import cpu_seconds, peak_bytes


class Missing(Exception):
    """A contestant that cannot take part, and why."""


@dataclass
class Block:
    """What one turn of a contestant gave."""

    laps: list[float]  # seconds, one for each time that it did its work
    cpu: float  # processor seconds of the whole turn
    peak: int  # bytes
    answers: list[str] = field(default_factory=list)  # what it printed after each lap


class Clock:
    """Time that passes on the wall, or in the processors that work for one process."""

    def __init__(self, counts_cpu=False):
        self.counts_cpu = counts_cpu

    def read(self, pid):
        return cpu_seconds(pid) if self.counts_cpu else time.perf_counter()


def failure(process):
    text = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    return Missing(text.splitlines()[-1] if text else f"ended with code {process.poll()}")


class Script:
    """A program that is started for every block. It prints `ready`, and then a line after every lap."""

    def __init__(self, name, command, text="", environment=None, warmups=0, clock=Clock()):
        self.name = name
        self._command = command
        self._text = text
        self._environment = {**os.environ, **(environment or {})}
        self._warmups = warmups
        self._clock = clock

    def block(self):
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self._environment)
        process.stdin.write(self._text.encode())
        process.stdin.close()
        marks, answers = [], []
        for line in process.stdout:
            text = line.decode().strip()
            if not marks and text != "ready":
                continue
            marks.append(self._clock.read(process.pid))
            answers.append(text)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        laps = [end - begin for begin, end in zip(marks, marks[1:])][self._warmups:]
        if process.returncode != 0 or not laps:
            raise failure(process)
        return Block(
            laps, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024,
            answers[1 + self._warmups:])

    def close(self):
        pass


class Server:
    """A program that lives through all blocks. It prints `ready`, and does a lap for every line it reads."""

    def __init__(self, name, command, laps=1, warmups=1, environment=None, clock=Clock()):
        self.name = name
        self._laps = laps
        self._clock = clock
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})})
        while (line := self._process.stdout.readline().decode()).strip() != "ready":
            if not line:
                self._process.wait()
                raise failure(self._process)
        for _ in range(warmups):
            self._lap()

    def _lap(self):
        begin = self._clock.read(self._process.pid)
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().decode().strip()
        if not answer:
            raise failure(self._process)
        return self._clock.read(self._process.pid) - begin, answer

    def block(self):
        pid = self._process.pid
        before = cpu_seconds(pid)
        laps = [self._lap() for _ in range(self._laps)]
        return Block(
            [seconds for seconds, _ in laps], cpu_seconds(pid) - before, peak_bytes(pid),
            [answer for _, answer in laps])

    def close(self):
        self._process.stdin.close()
        self._process.wait()


class Start:
    """Starts a program again and again; until it ends, or until it shows a prompt on a terminal."""

    def __init__(self, name, command, prompt=None, laps=20):
        self.name = name
        self._command = command
        self._prompt = prompt.encode() if prompt else None
        self._laps = laps

    def block(self):
        runs = [self._to_prompt() if self._prompt else self._to_end() for _ in range(self._laps)]
        return Block(
            [seconds for seconds, _ in runs],
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

    def close(self):
        pass
