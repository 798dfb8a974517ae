"""Writes record batches to a command, and reads the answer of each before it writes the next, as an actor that gets batches does.

    lockstep.py BATCHES ROWS WORDS COMMAND...

WORDS is the length of an answer. Prints a JSON object: the ids of each answer in the pieces in which they arrived, the seconds that
each answer took, and the exit code of the command.
"""

import json
import subprocess
import sys
import time

import pyarrow as pa

batches, rows, words = map(int, sys.argv[1:4])
process = subprocess.Popen(sys.argv[4:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def record_batch(number):
    answers = ["Yes, " + "it is " * (words // 2), "No."]
    return pa.RecordBatch.from_pylist(
        [{"id": f"{number}-{i}", "prompt": "Is water wet?", "answers": answers} for i in range(rows)]
    )


answers, seconds = [], []
reader = None
with pa.ipc.new_stream(process.stdin, record_batch(0).schema) as stream:
    for number in range(batches):
        start = time.monotonic()
        stream.write_batch(record_batch(number))
        process.stdin.flush()
        # The schema of rankings arrives with the first of them.
        reader = reader or pa.ipc.open_stream(process.stdout)
        pieces = []
        while sum(len(piece) for piece in pieces) < rows:
            pieces.append(reader.read_next_batch().column("id").to_pylist())
        answers.append(pieces)
        seconds.append(time.monotonic() - start)
process.stdin.close()
rest = reader.read_all().num_rows
print(json.dumps({"answers": answers, "seconds": seconds, "rest": rest, "code": process.wait()}))
