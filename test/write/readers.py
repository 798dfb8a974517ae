"""Reads the rankings that readers.test.ts wrote with pandas, polars, DuckDB and pyarrow, and fails if a reader finds other rows or types.

    python readers.py FOLDER

FOLDER has full.json with the expected rows, and full.* and empty.* in all formats. The expected types are repeated here under the name
that each library has for them.
"""
import csv
import json
import pathlib
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(sys.argv[1])
expected = json.loads((folder / "full.json").read_text("utf8"))

texts, doubles, ints = pa.list_(pa.string()), pa.list_(pa.float64()), pa.list_(pa.int32())
OWN = {
    "index": pa.int64(), "file": pa.string(), "id": pa.string(), "prompt_id": pa.string(), "scores": doubles, "ranks": ints, "order": ints,
    "truncated": ints, "labels": doubles, "label_scores": doubles, "models": texts, "lengths": ints, "source": texts, "turns": pa.int64(),
    "good_natured": pa.bool_(), "win_probability": doubles,
}
DUCKDB_OWN = ["BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE[]", "INTEGER[]", "INTEGER[]", "INTEGER[]", "DOUBLE[]", "DOUBLE[]", "VARCHAR[]",
              "INTEGER[]", "VARCHAR[]", "BIGINT", "BOOLEAN", "DOUBLE[]"]
PANDAS_OWN = ["int64", "str", "str", "str", *["object"] * 9, "float64", "object", "object"]
PANDAS_EMPTY = [*PANDAS_OWN[:13], "int64", "bool", "object"]


def kept(integer):
    return {
        "flag": pa.bool_(), "count": integer, "double": pa.float64(), "note": pa.string(), "tags": texts,
        "nested": pa.struct({"a": pa.struct({"b": pa.list_(pa.struct({"c": pa.string(), "d e\"'": pa.float64()}))}), "constructor": integer}),
        "answers": pa.list_(pa.struct({"answer": pa.string(), "rank": integer, "toString": pa.bool_()})),
        "either": pa.string(),
    }


def check(what, found, wanted):
    if found != wanted:
        places = [i for i, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1]] if hasattr(found, "__getitem__") and not isinstance(found, dict) else []
        shown = f"at {places[0]}: {found[places[0]]!r}, not {wanted[places[0]]!r}" if places else f"{found!r}, not {wanted!r}"
        sys.exit(f"{what}: {shown}"[:2000])


def plain(value):
    """What pandas has for a list, a null and a number, as JSON has it."""
    if isinstance(value, (np.ndarray, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def untagged(arrow_type):
    """The names of list items differ between writers and say nothing."""
    if pa.types.is_list(arrow_type):
        return pa.list_(untagged(arrow_type.value_type))
    if pa.types.is_struct(arrow_type):
        return pa.struct({field.name: untagged(field.type) for field in arrow_type})
    return arrow_type


def check_rows(name, rows, pandas_frame, polars_frame, arrow_table, integer=pa.int64()):
    types = OWN if not rows else {**OWN, **kept(integer)}
    arrow_table.validate(full=True)
    check(f"{name}: pyarrow's types", {field.name: untagged(field.type) for field in arrow_table.schema}, {n: untagged(t) for n, t in types.items()})
    check(f"{name}: pyarrow's order", arrow_table.column_names, list(types))
    check(f"{name}: pyarrow", arrow_table.to_pylist(), rows)
    check(f"{name}: polars' types", dict(polars_frame.schema), dict(pl.from_arrow(pa.schema(types).empty_table()).schema))
    check(f"{name}: polars", polars_frame.to_dicts(), rows)
    check(f"{name}: pandas' types", [str(t) for t in pandas_frame.dtypes][: len(OWN)], PANDAS_OWN if rows else PANDAS_EMPTY)
    check(f"{name}: pandas", [plain(row) for row in pandas_frame.to_dict("records")], rows)


def check_duckdb(name, rows, relation, integer="BIGINT"):
    check(f"{name}: DuckDB's types", [str(t) for t in relation.types][: len(OWN)], DUCKDB_OWN)
    if rows:
        check(f"{name}: DuckDB's type of an integer", str(relation.types[relation.columns.index("count")]), integer)
    found = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
    check(f"{name}: DuckDB", found, rows)


def check_table(path, rows):
    tabs = path.suffix == ".tsv"
    answers = [(row, answer) for row in rows for answer in range(len(row["scores"]))]
    names = ["index", "file", "id", "prompt_id", "answer", "model", "score", "rank", "label", "label_score", "length", "truncated", "win_probability"]
    readers = {
        "pandas": lambda: pd.read_csv(path, sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False),
        "polars": lambda: pl.read_csv(path, separator="\t", quote_char=None, infer_schema_length=None).to_pandas(),
        "DuckDB": lambda: duckdb.read_csv(str(path), sep="\t", quotechar="", escapechar="", header=True, sample_size=-1).df(),
    } if tabs else {
        "pandas": lambda: pd.read_csv(path, keep_default_na=False),
        "polars": lambda: pl.read_csv(path, infer_schema_length=None).to_pandas(),
        "DuckDB": lambda: duckdb.read_csv(str(path), header=True, sample_size=-1).df(),
    }
    for reader, read in readers.items():
        frame = read()
        check(f"{path.name}: {reader}'s columns", list(frame.columns), names)
        check(f"{path.name}: {reader}'s rows", len(frame), len(answers))
        if answers:
            check(f"{path.name}: {reader}'s indices", frame["index"].tolist(), [row["index"] for row, _ in answers])
            check(f"{path.name}: {reader}'s scores", frame["score"].tolist(), [row["scores"][answer] for row, answer in answers])
            check(f"{path.name}: {reader}'s truncated", [bool(t) for t in frame["truncated"]], [a in (row["truncated"] or []) for row, a in answers])


for stem, rows in (("full", expected), ("empty", [])):
    parquet, arrow, stream = (folder / f"{stem}.{extension}" for extension in ("parquet", "arrow", "stream"))
    check_rows(parquet.name, rows, pd.read_parquet(parquet), pl.read_parquet(parquet), pq.read_table(parquet))
    check_duckdb(parquet.name, rows, duckdb.read_parquet(str(parquet)))
    check_rows(arrow.name, rows, pd.read_feather(arrow), pl.read_ipc(arrow), pa.ipc.open_file(arrow).read_all())
    check_duckdb(arrow.name, rows, duckdb.from_arrow(pa.ipc.open_file(arrow).read_all()))
    # A stream cannot know that no fraction comes: what goes along as an integer is a double.
    table = pa.ipc.open_stream(stream).read_all()
    check_rows(stream.name, rows, table.to_pandas(), pl.read_ipc_stream(stream), table, pa.float64())
    check_duckdb(stream.name, rows, duckdb.from_arrow(pa.ipc.open_stream(stream)), "DOUBLE")
    check_table(folder / f"{stem}.tsv", rows)
    check_table(folder / f"{stem}.csv", rows)
print(f"{len(expected)} rows read by pandas, polars, DuckDB and pyarrow")
