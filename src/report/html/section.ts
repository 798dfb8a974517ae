import type { Content } from './markup.js';

/** A part of the page, with a line in its contents. */
export interface Section {
  /** Unique on the page. */
  id: string;
  title: string;
  /** Markup below the title. */
  body: Content;
}
