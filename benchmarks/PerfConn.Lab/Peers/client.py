"""A contestant of the lab on Python's websockets. Usage: client.py count|latency|send|echo URL WARMUP SECONDS. Ends with one line of JSON."""
import asyncio
import json
import math
import platform
import ssl
import sys
import time

import websockets

POINTS = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99]
STAMP_BASE = 4_000_000_000_000_000
PAYLOAD = "x" * 100


class Work:
    def __init__(self):
        self.messages = 0
        self.latencies = None

    def record(self, nanoseconds):
        self.messages += 1
        if self.latencies is not None:
            self.latencies.append(nanoseconds)

    async def run(self, job, socket):
        if job == "count":
            while True:
                await socket.recv()
                self.messages += 1
        elif job == "latency":
            while True:
                message = await socket.recv()
                self.record(time.monotonic_ns() - int(message[5:21]) + STAMP_BASE)
        elif job == "send":
            while True:
                await socket.send(PAYLOAD)
                self.messages += 1
                if self.messages % 64 == 0:
                    # A send that need not wait never lets the clock's task in.
                    await asyncio.sleep(0)
        else:
            while True:
                start = time.monotonic_ns()
                await socket.send(PAYLOAD)
                await socket.recv()
                self.record(time.monotonic_ns() - start)


async def main(job, url, warm_up, seconds):
    work = Work()
    tls = None
    if url.startswith("wss"):
        tls = ssl.create_default_context()
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    socket = await websockets.connect(url, compression=None, ping_interval=None, ssl=tls)
    task = asyncio.ensure_future(work.run(job, socket))
    await asyncio.wait([task], timeout=warm_up)
    work.latencies = []
    messages, start, cpu = work.messages, time.monotonic(), time.process_time()
    await asyncio.wait([task], timeout=seconds)
    elapsed, cpu = time.monotonic() - start, time.process_time() - cpu
    if task.done():
        task.result()
    latencies = sorted(work.latencies)
    print(json.dumps({
        "messages": work.messages - messages,
        "seconds": elapsed,
        "cpuSeconds": cpu,
        "percentiles": [latencies[min(len(latencies), math.ceil(len(latencies) * p / 100)) - 1] for p in POINTS] if latencies else None,
        "version": f"Python websockets {websockets.__version__}, Python {platform.python_version()}",
    }), flush=True)
    # The connection is left to the operating system: a full one would take seconds to close.
    import os
    os._exit(0)


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])))
