"""Writes columns of days and times of all units as times.arrow, times.arrows (a stream) and times.parquet.

    python times.py FOLDER
"""
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(sys.argv[1])
NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def column(values, unit, type_, width=pa.int64()):
    return pa.array([None if value is None else value // NANOSECONDS[unit] for value in values], width).cast(type_)


points = [1704067203123456789, -1, None]
times = [3723123456789, 86399999999999, None]
columns = {"prompt": pa.array(["hi"] * 3), "answers": pa.array([["a", "b"]] * 3)}
for unit in ("ms", "us", "ns"):
    columns[f"at_{unit}"] = column(points, unit, pa.timestamp(unit))
for unit in ("ms", "us"):
    columns[f"utc_{unit}"] = column(points, unit, pa.timestamp(unit, "Europe/Berlin"))
columns["time_ms"] = column(times, "ms", pa.time32("ms"), pa.int32())
columns["time_us"] = column(times, "us", pa.time64("us"))
columns["time_ns"] = column(times, "ns", pa.time64("ns"))
columns["day"] = pa.array([19723, -1, None], pa.int32()).cast(pa.date32())
columns["inside"] = pa.array(
    [[{"at": None if point is None else point // 1000}] for point in points],
    pa.list_(pa.struct({"at": pa.timestamp("us")})),
)
table = pa.table(columns)
for name, open_writer in (("times.arrow", pa.ipc.new_file), ("times.arrows", pa.ipc.new_stream)):
    with open_writer(folder / name, table.schema) as writer:
        writer.write_table(table)
pq.write_table(table, folder / "times.parquet")
