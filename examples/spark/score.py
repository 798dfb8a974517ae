"""Scores the rows of a Parquet file or folder with Spark, and writes rankings as Parquet.

    spark-submit score.py ROWS RANKINGS [--tasks N] [-- flags of starling-rm score]

Each task starts one `starling-rm score`, which loads the model once, feeds its rows to it as an Arrow stream, and reads rankings back
as one. A process that fails fails its task, which Spark runs again (spark.task.maxFailures).
"""

import argparse
import itertools
import subprocess
import tempfile
import threading

import pyarrow as pa
from pyspark.sql import SparkSession

COLUMNS = ["id", "prompt_id", "scores", "ranks", "order"]
SCHEMA = "id string, prompt_id string, scores array<double>, ranks array<int>, `order` array<int>"

# Rows of a batch. The process and the task each hold about one, and one row can be megabytes.
BATCH_ROWS = 256


class Feeder(threading.Thread):
    """Writes batches to a process, beside the reading of its answers: the process reads on only while its answers are read."""

    def __init__(self, batches, pipe):
        super().__init__(daemon=True)
        self.batches = batches
        self.pipe = pipe
        self.rows = 0
        self.error = None

    def run(self):
        try:
            first = next(self.batches)
            with pa.ipc.new_stream(self.pipe, first.schema) as stream:
                for batch in itertools.chain([first], self.batches):
                    stream.write_batch(batch)
                    self.pipe.flush()
                    self.rows += batch.num_rows
            self.pipe.close()
        except BrokenPipeError:
            pass  # The process has ended; its exit code says why.
        except BaseException as error:
            self.error = error


def ranker(command):
    """For mapInArrow: a function from the batches of a partition to batches of rankings."""

    def rank(batches):
        first = next(batches, None)
        if first is None:
            return
        with tempfile.TemporaryFile() as messages:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages)
            try:
                feeder = Feeder(itertools.chain([first], batches), process.stdin)
                feeder.start()
                answered = 0
                damage = None
                try:
                    for ranking in pa.ipc.open_stream(process.stdout):
                        answered += ranking.num_rows
                        yield ranking.select(COLUMNS)
                except (pa.ArrowInvalid, OSError) as error:  # The answers end before their first batch, or within one.
                    damage = error
                feeder.join()
                code = process.wait()
            finally:
                process.kill()  # Only for a task that is stopped: otherwise the process has ended.
            if feeder.error is not None:
                raise feeder.error
            if code != 0 or answered != feeder.rows:
                messages.seek(0)
                told = messages.read().decode(errors="replace").strip()
                raise RuntimeError(f"{answered} of {feeder.rows} rows, exit code {code}: {told}") from damage

    return rank


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("rankings")
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("flags", nargs="*", help="flags of starling-rm score, after --")
    given = parser.parse_args()

    spark = SparkSession.builder.appName("starling-rm").getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH_ROWS))
    cores = spark.sparkContext.getConf().get("spark.task.cpus", "1")
    command = ["starling-rm", "score", "-", "-q", "--format", "arrow", "--workers", cores, "--threads", "1", *given.flags]
    rows = spark.read.parquet(given.rows).repartition(given.tasks)
    rows.mapInArrow(ranker(command), SCHEMA).write.parquet(given.rankings)
    spark.stop()


if __name__ == "__main__":
    main()
