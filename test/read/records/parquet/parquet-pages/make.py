"""Makes the Parquet files beside it, whose pages have checksums, which DuckDB does not write. Needs pyarrow."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
COUNT = 90

table = pa.table(
    {
        "prompt": [f"hi {i}" for i in range(COUNT)],
        "answers": [[{"answer": f"a{i * 7919 % 1009}", "rank": 1.0}, {"answer": f"b{i}", "rank": 2.0}] for i in range(COUNT)],
        "source": [[f"s{i % 3}"] for i in range(COUNT)],
        "turns": pa.array([None if i % 5 == 0 else 1 + i % 2 for i in range(COUNT)], pa.int64()),
    }
)

for name, options in {
    "v1-snappy": {"compression": "snappy", "data_page_version": "1.0"},
    "v2-zstd": {"compression": "zstd", "data_page_version": "2.0"},
    "v1-plain": {"compression": "none", "use_dictionary": False, "write_statistics": False},
}.items():
    pq.write_table(
        table,
        HERE / f"{name}.parquet",
        row_group_size=30,
        data_page_size=64,
        write_batch_size=10,
        write_page_checksum=True,
        store_schema=False,
        **options,
    )
