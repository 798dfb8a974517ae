import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';

/** Renders turns in one chat format. The caller has already stripped texts and added the default system turn. */
export interface ChatFormat {
  /**
   * Renders everything before the text of the answer.
   * @throws RowError E_PROMPT for a conversation that the format cannot render. No text is ever left out.
   */
  prompt(conversation: readonly Turn[]): Piece[];
  /** Renders the text of the answer and the end of its turn. `conversation` is that of `prompt`. */
  answer(text: string, conversation: readonly Turn[]): Piece[];
}
