import type { Check } from '../contracts/check.js';

export interface Speed {
  /** Tokens computed in `seconds`. */
  tokens: number;
  answers: number;
  seconds: number;
  workers: number;
}

/** Computed tokens for each answer of seven with a common prompt: 283 on AlpacaEval's seven-way rows, 476 on Arena's. */
const TOKENS_OF_ANSWER = 300;
const MILLION = 1e6;
const HOUR = 3600;

export function speedCheck({ tokens, answers, seconds, workers }: Speed): Check {
  const rate = tokens / seconds;
  const million = (MILLION * TOKENS_OF_ANSWER) / rate;
  const hours = million / HOUR;
  const duration = hours < 48 ? `${hours.toPrecision(2)} hours` : `${Math.round(hours / 24).toLocaleString('en')} days`;
  return {
    check: 'speed',
    verdict: 'ok',
    found: `${Math.round(rate).toLocaleString('en')} tokens/s; a million answers of ${TOKENS_OF_ANSWER} tokens take ${duration}`,
    details: {
      tokens_per_second: rate,
      answers_per_second: answers / seconds,
      timed_tokens: tokens,
      timed_seconds: seconds,
      workers,
      million_answers_seconds: million,
      tokens_an_answer: TOKENS_OF_ANSWER,
    },
  };
}
