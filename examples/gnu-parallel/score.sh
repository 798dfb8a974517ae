#!/usr/bin/env bash
# Scores ROWS in shards, one process for each core, and merges them:
#
#     score.sh ROWS OUT SHARDS [flags of starling-rm score]
#
# OUT is a file of any output format. Shards stand in OUT.shards. Run it again after a failure: whole shards are passed over.
set -euo pipefail

rows=$1 out=$2 shards=$3
shift 3
mkdir -p "$out.shards"

seq 0 "$((shards - 1))" |
  parallel --quote --jobs "${JOBS:-100%}" --retries 3 --halt soon,fail=1 \
    starling-rm score -q "$rows" --shard "{}/$shards" --resume -o "$out.shards/shard.jsonl" --workers 1 --threads 1 "$@"

starling-rm merge "$out.shards"/shard-*-of-*.jsonl -o "$out"
