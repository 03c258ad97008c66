# The machine that is measured on: what it is, and how much of it other work takes at the moment.

import os
import platform
import time

PROCESSORS = os.cpu_count() or 1
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """Processor time spent by everybody, and taken by the host, since the machine started."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


class Watch:
    """How much processor time others took while something of ours ran."""

    def __init__(self):
        self._clock = time.perf_counter()
        self._busy = busy_seconds()
        self._own = time.process_time()

    def foreign_share(self, own_seconds):
        """0 for a machine of our own, 1 for one that others fill; beside `own_seconds` of the contestant."""
        elapsed = time.perf_counter() - self._clock
        own = own_seconds + time.process_time() - self._own
        return max(0.0, busy_seconds() - self._busy - own) / max(1e-9, elapsed * PROCESSORS)


def wait_until_quiet(limit, seconds):
    """Waits until others leave the machine alone for a moment, but not for longer than `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        watch = Watch()
        time.sleep(0.3)
        if watch.foreign_share(0) <= limit:
            return True
    return False


def cpu_seconds(pid):
    """Processor time of a living process: all its threads, those that have ended, too."""
    return time.clock_gettime(~pid << 3 | 2)  # The clock that clock_getcpuclockid names.


def peak_bytes(pid):
    """The most memory that a living process has had in use."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def described():
    """What the machine is, as fields."""
    name = flags = ""
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() == "flags":
                flags = value.split()
    known = {"avx512_vnni": "AVX-512 with VNNI", "avx512f": "AVX-512", "avx2": "AVX2", "sse2": "SSE2"}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": name or platform.machine(),
        "processors": PROCESSORS,
        "instructions": next((known[flag] for flag in known if flag in flags), "unknown"),
        "memory": f"{memory:.0f} GiB",
        "system": f"Linux {platform.release()}",
    }


def description():
    facts = described()
    return (
        f"{facts['processor']}, {facts['processors']} processors, {facts['instructions']}, "
        f"{facts['memory']}, {facts['system']}")
