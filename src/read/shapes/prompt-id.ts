import { hash } from 'node:crypto';
import type { Turn } from '../../contracts/row.js';

/** An id that depends only on roles and texts: the first 16 hex digits of the SHA-256 of `[[role, text], …]` as JSON. */
export function hashedPromptId(conversation: readonly Turn[]): string {
  const json = JSON.stringify(conversation.map(({ role, text }) => [role, text]));
  return `sha256:${hash('sha256', json, 'hex').slice(0, 16)}`;
}
