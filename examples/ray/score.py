"""Scores the rows of Parquet files with Ray Data, and writes rankings as Parquet.

    python score.py ROWS RANKINGS [--actors N] [--cores N] [-- flags of starling-rm score]

Each actor starts one `starling-rm score`, which loads the model once for all batches of the actor. A batch is written to it as Arrow,
and its rankings are read before the next is written.
"""

import argparse
import os
import subprocess
import tempfile

import pyarrow as pa
import ray

COLUMNS = ["id", "prompt_id", "scores", "ranks", "order"]

# Rows of a batch. The cores of an actor idle at the end of each, so a batch has many rows for each core.
BATCH_ROWS = 256


# Processes that may end over one batch. A bad row ends each of them; a killed process is replaced.
TRIES = 2


class Ranker:
    """An actor with one process."""

    def __init__(self, command):
        self.command = command
        self.process = None

    def __call__(self, rows):
        for _ in range(TRIES):
            try:
                return self.ranked(rows)
            except (pa.ArrowInvalid, OSError, EOFError) as error:
                failure, cause = self.failure(), error
        raise failure from cause

    def start(self, schema):
        self.messages = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages
        )
        self.schema = schema
        self.stream = pa.ipc.new_stream(self.process.stdin, schema)
        self.rankings = None

    def ranked(self, rows):
        """All rankings of a batch. The schema of rankings arrives with the first of them."""
        if self.process is None:
            self.start(rows.schema)
        for batch in rows.cast(self.schema).combine_chunks().to_batches():
            self.stream.write_batch(batch)
        self.process.stdin.flush()
        self.rankings = self.rankings or pa.ipc.open_stream(self.process.stdout)
        answers = []
        while sum(answer.num_rows for answer in answers) < rows.num_rows:
            try:
                answers.append(self.rankings.read_next_batch())
            except StopIteration:
                raise EOFError("the process has ended") from None
        return pa.Table.from_batches(answers).select(COLUMNS)

    def failure(self):
        """What ended the process, which is forgotten."""
        process, self.process = self.process, None
        process.kill()
        code = process.wait()
        self.messages.seek(0)
        return RuntimeError(f"exit code {code}: {self.messages.read().decode(errors='replace').strip()}")

    def __del__(self):
        if self.process is not None:
            self.stream.close()
            self.process.stdin.close()
            self.process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("rankings")
    parser.add_argument("--actors", type=int, default=2)
    parser.add_argument("--cores", type=int, default=1, help="of each actor")
    parser.add_argument("flags", nargs="*", help="flags of starling-rm score, after --")
    given = parser.parse_args()

    ray.init(log_to_driver=False)
    command = ["starling-rm", "score", "-", "-q", "--format", "arrow", "--workers", str(given.cores), "--threads", "1"]
    rows = ray.data.read_parquet(given.rows)
    rankings = rows.map_batches(
        Ranker,
        fn_constructor_args=([*command, *given.flags],),
        batch_format="pyarrow",
        batch_size=BATCH_ROWS,
        compute=ray.data.ActorPoolStrategy(size=given.actors),
        num_cpus=given.cores,
    )
    rankings.write_parquet(os.path.abspath(given.rankings))


if __name__ == "__main__":
    main()
