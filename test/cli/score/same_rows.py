"""Writes the rows of same-rows.ts, FOLDER/rows.jsonl, in the formats that pyarrow, pandas and polars write.

    python same_rows.py FOLDER
"""
import json
import pathlib
import sys

import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

# Number of rows in files with one row a row group, which are slow to read.
FEW = 60

folder = pathlib.Path(sys.argv[1])
text = (folder / "rows.jsonl").read_bytes()
rows = [json.loads(line) for line in text.split(b"\n") if line]

texts = pa.list_(pa.string())
SCHEMA = pa.schema({
    "id": pa.string(), "prompt": pa.string(), "messages": pa.list_(pa.struct({"role": pa.string(), "content": pa.string()})),
    "answers": pa.list_(pa.struct({
        "answer": pa.string(), "model": pa.string(), "rank": pa.float64(),
        "judge": pa.struct({"by": pa.string(), "votes": pa.list_(pa.int64()), "sure": pa.bool_()}),
    })),
    "source": texts, "turns": pa.int64(), "good_natured": pa.bool_(), "note": pa.string(), "double": pa.float64(), "count": pa.int64(),
    "nested": pa.struct({"tags": texts, "deep": pa.list_(texts)}), "nothing": pa.null(),
})
table = pa.Table.from_pylist(rows, schema=SCHEMA)

with pa.CompressedOutputStream(str(folder / "rows.jsonl.zst"), "zstd") as out:
    out.write(text)

for i, size in enumerate((1, 7, len(rows))):
    for dictionary in (True, False):
        codec = "snappy" if dictionary == (i % 2 == 0) else "zstd"
        name = f"pyarrow-{size}-{'dictionary' if dictionary else 'plain'}-{codec}.parquet"
        some = table.slice(0, FEW) if size == 1 else table
        pq.write_table(some, folder / name, row_group_size=size, use_dictionary=dictionary, compression=codec)

for codec in (None, "lz4", "zstd"):
    options = pa.ipc.IpcWriteOptions(compression=codec)
    for layout, open_writer in (("file", pa.ipc.new_file), ("stream", pa.ipc.new_stream)):
        with open_writer(folder / f"pyarrow-{codec or 'plain'}-{layout}.arrow", SCHEMA, options=options) as writer:
            writer.write_table(table, max_chunksize=7)

# String views, lists and texts with 64-bit offsets, dictionaries, and integers that are doubles because some are null.
pl.from_arrow(table).write_ipc(folder / "polars.arrow", compression="lz4")
table.to_pandas().to_feather(folder / "pandas.arrow")
large = table.set_column(7, "note", table["note"].dictionary_encode())
large = large.set_column(1, "prompt", large["prompt"].cast(pa.large_string()))
large = large.set_column(4, "source", large["source"].cast(pa.large_list(pa.large_string())))
pa.feather.write_feather(large, folder / "large.arrow", compression="zstd", chunksize=7)
