/** The `model` of a tokenizer.json of type Unigram. */
export interface UnigramSettings {
  /** Spellings of pieces, by id. */
  spellings: readonly string[];
  /** Log-probabilities of pieces, by id. */
  scores: Float64Array;
  vocab: ReadonlyMap<string, number>;
  /** Id of a character that no piece spells. */
  unkId: number;
}

/** An unknown character's score is that of the worst piece minus this. Source: tokenizers, models/unigram. */
const UNKNOWN_PENALTY = 10;
const UNITS = 2 ** 16;

/** The best segmentation up to each position of a word. */
interface Ways {
  /** Sum of log-probabilities. */
  score: Float64Array;
  /** Start of the last piece; -1 for none. */
  start: Int32Array;
  /** Id of the last piece; -1 for none. */
  id: Int32Array;
}

/**
 * Splits words into the most probable sequence of pieces (Viterbi), with the ids of HF tokenizers (models/unigram of the Rust library). Of
 * sequences with equal sums, the one with the longer last piece wins. Sums are added from the left and compared exactly. The
 * JavaScript library adds them in another order, so rounding makes other sequences equal.
 */
export class Unigram {
  readonly #scores: Float64Array;
  readonly #unkId: number;
  readonly #unkScore: number;
  /** The edges of a trie: the key is a node and a UTF-16 unit, the value the next node. */
  readonly #edges = new Map<number, number>();
  /** For each node the id of the piece that ends there; -1 for none. */
  readonly #ids = [-1];

  /** @param reserved ids that no text may become by its spelling */
  constructor({ spellings, scores, unkId }: UnigramSettings, reserved: ReadonlySet<number>) {
    this.#scores = scores;
    this.#unkId = unkId;
    this.#unkScore =
      scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
    spellings.forEach((spelling, id) => {
      if (!reserved.has(id)) this.#insert(spelling, id);
    });
  }

  /** The ids of a word. Adjacent unknown characters become one unknown token. */
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

  /** Tries all pieces that start at `at`. @returns whether the single character [at, next) is a piece */
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
