import { COMPRESSIONS, FILE_ENDINGS, type FileEnding } from '../contracts/file-endings.js';

const COMPRESSED = COMPRESSIONS.filter(({ isRead }) => isRead).map(({ ending }) => ending);

/** Names of JSON files, which may hold rows, a configuration, or anything else. */
const JSON_NAME = new RegExp(`\\.json(\\.(${COMPRESSED.join('|')}))?$`, 'i');

const DATA_NAME = new RegExp(
  `\\.(${endings(({ read }) => read !== undefined)})$|\\.(${endings(({ read }) => read === 'text' || read === 'csv' || read === 'tsv')})\\.(${COMPRESSED.join('|')})$`,
  'i',
);

function endings(isMeant: (one: FileEnding) => boolean): string {
  return FILE_ENDINGS.filter(isMeant)
    .map(({ ending }) => ending)
    .join('|');
}

/** Whether the name of a file in a folder is that of a data file. */
export function isDataName(name: string): boolean {
  return DATA_NAME.test(name);
}

export function isJsonName(name: string): boolean {
  return JSON_NAME.test(name);
}
