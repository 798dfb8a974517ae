/** The `model` of a tokenizer.json of type Unigram. */
export interface UnigramSettings {
  /** Ids are places in this list. */
  spellings: readonly string[];
  /** Logarithms of probabilities, by id. */
  scores: Float64Array;
  vocab: ReadonlyMap<string, number>;
  /** Of what cannot be spelt. */
  unkId: number;
}

/** How much worse than the worst piece a character is that cannot be spelt. Source: tokenizers, models/unigram. */
const UNKNOWN_PENALTY = 10;
const UNITS = 2 ** 16;

/** The best way to each place of a word. */
interface Ways {
  score: Float64Array;
  /** Where its last piece begins, and which one that is; -1 for none. */
  start: Int32Array;
  id: Int32Array;
}

/**
 * Cuts words into the pieces that are most probable together, with the ids of HF tokenizers (models/unigram of the Rust library). Of
 * ways that are equal the one whose last piece is longer is taken; sums are added up from the left and compared as they are, which the
 * library does another way: where sums are rounded it finds other ways equal.
 */
export class Unigram {
  readonly #scores: Float64Array;
  readonly #unkId: number;
  readonly #unkScore: number;
  /** A trie: from a node by a UTF-16 unit to a node. */
  readonly #edges = new Map<number, number>();
  /** By node, the id of the piece that ends there; -1 for none. */
  readonly #ids = [-1];

  /** @param reserved ids that no text may get by its spelling */
  constructor({ spellings, scores, unkId }: UnigramSettings, reserved: ReadonlySet<number>) {
    this.#scores = scores;
    this.#unkId = unkId;
    this.#unkScore =
      scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
    spellings.forEach((spelling, id) => {
      if (!reserved.has(id)) this.#insert(spelling, id);
    });
  }

  /** The ids of a word; characters that cannot be spelt and stand side by side are one. */
  ids(word: string): number[] {
    const { start, id } = this.#ways(word);
    const ids: number[] = [];
    for (let end = word.length; end > 0; end = start[end]) {
      if (id[end] !== this.#unkId || ids.at(-1) !== this.#unkId) ids.push(id[end]);
    }
    return ids.reverse();
  }

  #insert(spelling: string, id: number): void {
    let node = 0;
    for (let i = 0; i < spelling.length; i++) {
      const edge = node * UNITS + spelling.charCodeAt(i);
      node = this.#edges.get(edge) ?? this.#ids.push(-1) - 1;
      this.#edges.set(edge, node);
    }
    if (node > 0) this.#ids[node] = id;
  }

  #ways(word: string): Ways {
    const places = word.length + 1;
    const ways = {
      score: new Float64Array(places),
      start: new Int32Array(places).fill(-1),
      id: new Int32Array(places).fill(-1),
    };
    for (let at = 0; at < word.length; ) {
      const next = at + ((word.codePointAt(at) ?? 0) < UNITS ? 1 : 2);
      if (!this.#pieces(word, at, next, ways)) reach(ways, at, next, this.#unkId, this.#unkScore);
      at = next;
    }
    return ways;
  }

  /** @returns whether the character up to `next` is a piece */
  #pieces(word: string, at: number, next: number, ways: Ways): boolean {
    let isPiece = false;
    let node = 0;
    for (let i = at; i < word.length; i++) {
      const child = this.#edges.get(node * UNITS + word.charCodeAt(i));
      if (child === undefined) break;
      node = child;
      const id = this.#ids[node];
      if (id < 0) continue;
      reach(ways, at, i + 1, id, this.#scores[id]);
      if (i + 1 === next) isPiece = true;
    }
    return isPiece;
  }
}

function reach({ score, start, id }: Ways, from: number, to: number, piece: number, pieceScore: number): void {
  const sum = pieceScore + score[from];
  if (start[to] >= 0 && sum <= score[to]) return;
  score[to] = sum;
  start[to] = from;
  id[to] = piece;
}
