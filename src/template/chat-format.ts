import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';

/** How one chat format writes turns. Texts arrive as they are to be written: trimming and the default system turn come before. */
export interface ChatFormat {
  /**
   * Everything before the answer's own words.
   * @throws RowError E_PROMPT for a conversation that the format has no way to write; no text is ever left out.
   */
  prompt(conversation: readonly Turn[]): Piece[];
  /** The answer's words and what closes its turn; `conversation` is what `prompt` wrote. */
  answer(text: string, conversation: readonly Turn[]): Piece[];
}
