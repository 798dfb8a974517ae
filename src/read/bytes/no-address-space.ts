/**
 * WebAssembly, which unpacks Zstandard, reserves 10 GiB of address space for the 16 MiB that it uses, unless node was started with
 * `--disable-wasm-trap-handler`. Under `ulimit -v` a process may have less.
 */
export class NoAddressSpace extends Error {
  constructor(cause: unknown) {
    const problem = 'unpacking Zstandard takes 10 GiB of address space, and this process may have less';
    super(
      `${problem}; allow more with ulimit -v, start node with --disable-wasm-trap-handler as bin/starling-rm does`,
      {
        cause,
      },
    );
  }
}
