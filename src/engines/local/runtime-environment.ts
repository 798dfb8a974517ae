/**
 * The runtime reads these environment variables. They must be set in the main thread before a worker starts, since a worker's `process.env`
 * is a copy.
 */

/** Without this the runtime sends usage events over the network and stores them in the home folder. */
process.env.ORT_DISABLE_TELEMETRY = '1';

/**
 * Flash attention takes up to twice the time of two plain matrix products on CPUs: it computes the masked half too, in small tiles. Its
 * result also depends on the size of the processor's cache. Without it, the length of a run bounds the memory.
 */
process.env.ORT_GQA_DISABLE_FLASH_ATTENTION = '1';
