import { basename, join } from 'node:path';
import { type Place, StarlingError } from '../../contracts/errors.js';
import type { TextIdentity } from '../../contracts/identity.js';
import { CHAT_TEMPLATE } from '../../template/templates.js';
import { sha256 } from '../files.js';
import type { TextModel } from '../folder.js';

/** The user's choice of how texts are made. Absent values come from the model folder. */
export interface TextChoice {
  template?: string;
  /** A chat template in Jinja, in place of `template`. */
  templateFile?: string;
  system?: string;
  trim?: boolean;
  /** Tokens. */
  maxLength?: number;
  /** Whether the spelling of a special token in a prompt or an answer becomes that token. */
  allowSpecial: boolean;
}

/** The complete settings for converting texts to ids. */
export interface TextOptions extends Omit<TextChoice, 'system'> {
  template: string;
  /** `null`: rows without a system turn get none. */
  system: string | null;
  trim: boolean;
  maxLength: number;
  /** Whether the tokenizer's BOS comes before each text. */
  addBos: boolean;
  /** The file and field that name the template, for errors; absent if a flag names it. */
  place?: Place;
}

/**
 * Completes the user's choice with the model folder's settings. Only this function decides on template, system turn, trimming and length.
 * @throws StarlingError E_USAGE if the length exceeds the model's positions, or if neither the choice nor the folder names a template
 */
export function textOptions(model: TextModel, choice: TextChoice): TextOptions {
  return {
    template: templateName(model, choice),
    templateFile: choice.templateFile,
    system: choice.system ?? model.system,
    trim: choice.trim ?? model.trim,
    maxLength: checkedLength(choice.maxLength ?? model.maxLength, model),
    addBos: model.addBos,
    allowSpecial: choice.allowSpecial,
    place: choice.template === undefined ? rewardFileOf(model) : undefined,
  };
}

function rewardFileOf({ folder, external }: TextModel): Place | undefined {
  return external ? undefined : { file: join(folder, 'reward.json'), field: 'template' };
}

function templateName({ template, folder }: TextModel, choice: TextChoice): string {
  const name = choice.template ?? template ?? (choice.templateFile === undefined ? undefined : CHAT_TEMPLATE);
  if (name !== undefined) return name;
  const problem = 'the files of this model do not name its template';
  const remedy = `choose one with --template; ${CHAT_TEMPLATE} is the one in the tokenizer's files`;
  throw new StarlingError('E_USAGE', `${problem}; ${remedy}`, { file: folder });
}

function checkedLength(maxLength: number, { maxPositions, folder }: TextModel): number {
  if (maxLength <= maxPositions) return maxLength;
  const problem = `a maximum length of ${maxLength} tokens is more than the ${maxPositions} positions of the model`;
  throw new StarlingError('E_USAGE', problem, { file: folder });
}

/** What ids depend on beside the model folder. @throws StarlingError E_NO_INPUT when the template's file cannot be read */
export async function textIdentity(options: TextOptions): Promise<TextIdentity> {
  const { template, templateFile, system, trim, addBos, maxLength, allowSpecial } = options;
  return {
    template: templateFile === undefined ? template : basename(templateFile),
    ...(templateFile !== undefined && { template_sha256: await templateDigest(templateFile) }),
    system,
    trim,
    add_bos: addBos,
    max_length: maxLength,
    allow_special: allowSpecial,
    unicode: process.versions.unicode ?? 'none',
  };
}

function templateDigest(file: string): Promise<string> {
  return sha256(file).catch((cause: Error) => {
    throw new StarlingError('E_NO_INPUT', `the template cannot be read: ${cause.message}`, { file }, cause);
  });
}
