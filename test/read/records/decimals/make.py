"""Rows of our own with decimals, and dictionaries of long indices, for decimals.test.ts. pyarrow of test/oracles/requirements.txt:

    cd test/read/records/decimals && python make.py
"""

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

LABELS = [Decimal("-1.25"), Decimal("2.50"), Decimal("-9999999.99")]
ANSWERS = [{"answer": text} for text in ("yes", "no", "maybe")]


def write(name: str, labels: pa.DataType, **more: pa.Array) -> None:
    columns = {"prompt": ["Is water wet?"], "answers": [ANSWERS], "labels": pa.array([LABELS], pa.list_(labels))}
    table = pa.table({**columns, **more})
    with pa.OSFile(f"{name}.arrow", "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    pq.write_table(table, f"{name}.parquet")


write("decimal32", pa.decimal32(9, 2))
write("decimal64", pa.decimal64(18, 2))
write("decimal128", pa.decimal128(38, 2))
write("decimal256", pa.decimal256(40, 2))
write("long-indices", pa.decimal128(38, 2), kind=pa.DictionaryArray.from_arrays(pa.array([0]), ["x"]))
