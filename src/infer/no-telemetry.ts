/**
 * The runtime would otherwise send usage events over the network and keep them in the home folder. It reads the variable of the
 * process, which only the main thread can set: a worker's `process.env` is a copy. So this comes before any worker starts.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
