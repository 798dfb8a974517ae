/**
 * The runtime reads these variables of the process, which only the main thread can set: a worker's `process.env` is a copy. So this
 * comes before any worker starts.
 */

/** Or it sends usage events over the network and keeps them in the home folder. */
process.env.ORT_DISABLE_TELEMETRY = '1';

/**
 * Attention in tiles takes up to twice the time of two plain products here: it computes what no token may see as well, and in
 * smaller pieces. Memory is bounded by the length of a run instead. And what it gives depends on the size of the processor's cache.
 */
process.env.ORT_GQA_DISABLE_FLASH_ATTENTION = '1';
