import { parentPort, workerData } from 'node:worker_threads';
import { RowError, StarlingError } from '../../contracts/errors.js';
import type { Template } from '../../contracts/text.js';
import { Encoder } from '../../encode/encoder.js';
import { loadTokenizer, type TextTokenizer } from '../../encode/tokenizer-json/tokenizer.js';
import { fileTextIfAny, type ReadText, textOf } from '../../json/file-text.js';
import { separatorOf } from '../../template/templates.js';
import {
  DOING,
  type FromTextWorker,
  type Look,
  type Opened,
  type Problem,
  type Texts,
  type TextWorkerStart,
  type ToTextWorker,
} from './questions.js';
import { openTemplate } from './stages.js';

const { folder, options, kept = new Map(), doing } = workerData as TextWorkerStart;

const read: ReadText = async (file) => {
  const bytes = kept.get(file);
  if (bytes !== undefined) return textOf(bytes);
  return kept.has(file) ? undefined : fileTextIfAny(file);
};

let loaded: Promise<TextTokenizer> | undefined;
let made: Promise<Template> | undefined;
let ready: Promise<Encoder> | undefined;

function tokenizer(): Promise<TextTokenizer> {
  loaded ??= loadTokenizer(folder, read);
  return loaded;
}

function template(): Promise<Template> {
  made ??= madeTemplate();
  return made;
}

async function madeTemplate(): Promise<Template> {
  const one = await tokenizer();
  Atomics.store(doing, 0, DOING.template);
  const opened = await openTemplate(folder, one, options, read);
  Atomics.store(doing, 0, DOING.tokenizer);
  return watched(opened);
}

function encoder(): Promise<Encoder> {
  ready ??= template().then(async (one) => new Encoder(await tokenizer(), { ...options, template: one }));
  return ready;
}

function during<Result>(work: () => Result): Result {
  Atomics.store(doing, 0, DOING.template);
  const result = work();
  Atomics.store(doing, 0, DOING.tokenizer);
  return result;
}

function watched(one: Template): Template {
  return {
    ...one,
    prompt: (conversation) => during(() => one.prompt(conversation)),
    answer: (text, conversation) => during(() => one.answer(text, conversation)),
  };
}

async function opened(): Promise<Opened> {
  await encoder();
  const separator = separatorOf(await template());
  return { separatorId: separator === undefined ? undefined : (await tokenizer()).token(separator).id };
}

async function look({ conversation, answers }: Texts): Promise<Look> {
  const { name, isPair = false, prompt, answer } = await template();
  const pieces = [...prompt(conversation), ...answer(answers[0], conversation)];
  const known = new Map<string, number>();
  for (const piece of pieces) {
    const id = 'special' in piece ? idOf(await tokenizer(), piece.special) : undefined;
    if ('special' in piece && id !== undefined) known.set(piece.special, id);
  }
  return { name, isPair, pieces, known };
}

function idOf(one: TextTokenizer, spelling: string): number | undefined {
  try {
    return one.token(spelling).id;
  } catch (error) {
    if (error instanceof StarlingError) return undefined;
    throw error;
  }
}

async function answerTo(question: ToTextWorker): Promise<unknown> {
  if (question.kind === 'open') return opened();
  if (question.kind === 'look') return look(question.asked);
  if (question.kind === 'token') return (await tokenizer()).token(question.asked).id;
  if (question.kind === 'words') {
    const encode = (await tokenizer()).runEncoder({ templateTokens: [], allowSpecial: false });
    return question.asked.map((text) => encode(text, false));
  }
  const { conversation, answers } = question.asked;
  const ready = await encoder();
  if (question.kind === 'encode') return ready.encodeRow(conversation, answers);
  return answers.map((answer) => ready.text(conversation, answer));
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof StarlingError)) return { message, stack };
  return { message, code: error.code, place: error.place, isOfRow: error instanceof RowError };
}

if (parentPort) {
  const port = parentPort;
  const tell = (message: FromTextWorker) => port.postMessage(message);
  // Requests run one after another, so that answers keep their order.
  let queue = Promise.resolve();
  tell({ begun: true });
  port.on('message', (question: ToTextWorker) => {
    queue = queue
      .then(() => answerTo(question))
      .then(
        (given) => tell({ given }),
        (error: unknown) => tell({ problem: problemOf(error) }),
      );
  });
}
