/**
 * The WebAssembly that unpacks Zstandard uses 16 MiB but reserves 10 GiB of address space, unless node was started with
 * `--disable-wasm-trap-handler`. Under `ulimit -v` a process may not get them.
 */
export class NoAddressSpace extends Error {
  constructor(cause: unknown) {
    const problem = 'unpacking Zstandard takes 10 GiB of address space, more than this process may have';
    super(
      `${problem}; allow more with ulimit -v, start node with --disable-wasm-trap-handler as bin/starling-rm does`,
      {
        cause,
      },
    );
  }
}
