import { answerSide, promptSide, sideType } from '../parts/completion.js';
import { dialogueAnswer, dialoguePrompt } from '../parts/dialogue.js';
import { MESSAGES, wholeOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/**
 * The best answers of a row to fine-tune on, as TRL's language modelling data (`messages`, or `text`) or as its prompt-completion data.
 * Source: huggingface/trl, dataset_formats.md.
 */
export const sft: TrainingFormat = {
  unit: 'best',
  hasText: true,
  hasLayouts: true,
  columns(form) {
    if (form.layout === 'messages')
      return form.isText ? [{ name: 'text', type: 'string' }] : [{ name: 'messages', type: MESSAGES }];
    return [
      { name: 'prompt', type: sideType(form) },
      { name: 'completion', type: sideType(form) },
    ];
  },
  examples({ row: { conversation }, answers }, form) {
    return answers.map(({ text }) => {
      if (form.layout === 'prompt-completion')
        return { prompt: promptSide(conversation, form), completion: answerSide(text, form) };
      if (form.isText) return { text: dialoguePrompt(conversation) + dialogueAnswer(text) };
      return { messages: wholeOf(conversation, text) };
    });
  },
};
