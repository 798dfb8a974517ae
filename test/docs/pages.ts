import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.js';

/** A Markdown file of the repository. */
export interface Page {
  /** From the root of the repository. */
  path: string;
  text: string;
}

/** A command in a fenced block of a page. */
export interface Command {
  /** `console` shows what the command prints, `sh` does not. */
  kind: 'console' | 'sh';
  /** What bash runs; lines that end with a backslash are one command. */
  text: string;
  /** The lines below a `console` command; the last one is `REST` where the rest is left out. */
  output: string[];
  /** Where the command and its output stand, as numbers of lines from 0. */
  line: number;
  outputLine: number;
}

/** Stands below a `console` command for the rest of its output. */
export const REST = '…';

interface Block {
  language: string;
  lines: string[];
  /** Of the first line inside the fence, from 0. */
  line: number;
}

export const README = readPage('README.md');

/** The README and every page of `docs`. */
export const GUIDE: readonly Page[] = [README, ...pagesIn('docs')];

/** The same without the page that is generated from the table of flags, whose examples `test/cli/help.test.ts` runs. */
export const WRITTEN: readonly Page[] = GUIDE.filter(({ path }) => path !== 'docs/cli.md');

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

function pagesIn(folder: string): Page[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => readPage(join(folder, name)));
}

export function blocksOf({ text }: Page): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [line, content] of text.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(content);
    if (open !== undefined && content === '```') {
      blocks.push(open);
      open = undefined;
    } else if (open !== undefined) open.lines.push(content);
    else if (fence) open = { language: fence[1], lines: [], line: line + 1 };
  }
  return blocks;
}

/** A page without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** The commands of a page, in their order. */
export function commandsOf(page: Page): Command[] {
  return blocksOf(page).flatMap((block) => {
    if (block.language === 'console') return shownCommands(block);
    return block.language === 'sh' ? plainCommands(block) : [];
  });
}

function shownCommands({ lines, line }: Block): Command[] {
  const commands: Command[] = [];
  for (const [at, content] of lines.entries()) {
    const current = commands.at(-1);
    if (content.startsWith('$ ')) {
      commands.push({
        kind: 'console',
        text: content.slice(2),
        output: [],
        line: line + at,
        outputLine: line + at + 1,
      });
    } else if (current?.text.endsWith('\\') && current.output.length === 0) {
      current.text += `\n${content}`;
      current.outputLine++;
    } else current?.output.push(content);
  }
  return commands;
}

function plainCommands({ lines, line }: Block): Command[] {
  const commands: Command[] = [];
  for (const [at, content] of lines.entries()) {
    const current = commands.at(-1);
    if (current?.text.endsWith('\\')) current.text += `\n${content}`;
    else if (content !== '' && !content.startsWith('#')) {
      commands.push({ kind: 'sh', text: content, output: [], line: line + at, outputLine: line + at + 1 });
    }
  }
  return commands;
}

/** The headings of a page as GitHub names them in links. */
export function anchorsOf(page: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, title] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const plain = title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
    const slug = plain.replaceAll(' ', '-');
    const again = [...anchors].filter((anchor) => anchor === slug || anchor.replace(/-\d+$/, '') === slug).length;
    anchors.add(again === 0 ? slug : `${slug}-${again}`);
  }
  return anchors;
}

/** Where the links and pictures of a page lead within the repository. */
export function linksOf(page: Page): { target: string; anchor?: string }[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [target, anchor] = link.split('#');
      return { target: target === '' ? page.path : join(page.path, '..', target), anchor };
    });
}
