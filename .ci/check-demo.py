"""Holds the report of `perfconn demo --json` against what it must say."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)  # anything else on standard output fails here

keys = ("seconds lines frames ticks symbols bytes allocatedBytes gaps gapsUnannounced reconnects rotations streamsChecked confirmedSeconds firstTickSeconds dataAgeUs").split()
missing = [key for key in keys if key not in report]
assert not missing, f"missing keys: {missing}"
assert report["lines"] == 3, report["lines"]
assert report["symbols"] == 3000, report["symbols"]
assert 2.5 <= report["seconds"] <= 10, report["seconds"]
assert report["ticks"] > 10_000, report["ticks"]
assert report["frames"] >= report["ticks"], "every tick of the demo is a frame of its own"
assert report["bytes"] > 50 * report["frames"], "a frame of the demo is longer than 50 bytes"
# A quiet machine takes a ninth of it for the first tick.
assert 0 < report["firstTickSeconds"] <= 2, report["firstTickSeconds"]
assert 0 < report["confirmedSeconds"] <= 10, report["confirmedSeconds"]
assert report["reconnects"] >= 1, report["reconnects"]
assert report["rotations"] >= 1, report["rotations"]
assert report["gaps"] >= 1000, f"the line that was cut carries 1,000 streams: {report['gaps']}"
assert report["gapsUnannounced"] == 0, report["gapsUnannounced"]
assert report["streamsChecked"] == 3000, report["streamsChecked"]
# A tick allocates nothing; a reconnect and a rotation of 1,000 streams take some 30 kilobytes each, and what is made once in a process about as much again.
per_tick = report["allocatedBytes"] / report["ticks"]
assert per_tick < 0.5, f"{report['allocatedBytes']} bytes allocated for {report['ticks']} ticks"
age = report["dataAgeUs"]
assert 0 <= age["p50"] <= age["p99"] <= age["p999"] <= age["max"], age
print(f"demo: {report['ticks']} ticks, {report['allocatedBytes']} B allocated in all, data age p50 {age['p50']} us")
