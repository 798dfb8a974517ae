import { type Command, InvalidArgumentError, Option } from 'commander';
import { convert } from '../convert/convert.js';
import type { RewardSettings } from '../convert/reward-settings.js';
import { Encoder } from '../encode/encoder.js';
import { loadTokenizer } from '../encode/tokenizer.js';
import { DTYPES, type Dtype, READOUTS, type Readout } from '../model-files.js';
import { makeTemplate, templateNames } from '../template/templates.js';
import { atLeast } from './options.js';
import { tell } from './tell.js';

interface ConvertFlags {
  dtype: Dtype[];
  template?: string;
  system?: string;
  trim?: boolean;
  addBos?: boolean;
  readout?: Readout;
  maxLength?: number;
  quiet?: boolean;
}

const SUMMARY = 'Turns a checkpoint into a model folder';

/** `starling-rm convert`: a checkpoint in, a model folder out. */
export function addConvert(
  program: Command,
  run: (work: (interrupted: AbortSignal) => Promise<void>) => Promise<void>,
): void {
  program
    .command('convert')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}. The checkpoint is a Hugging Face folder (config.json, tokenizer files, and weights with transformer.* and v_head.weight: safetensors or PyTorch files, whole or in shards). A folder that was made from the same checkpoint gains the dtypes. Flags go before the checkpoint's own reward.json.`,
    )
    .argument('<checkpoint>')
    .argument('<folder>')
    .option('--dtype <list>', `of ${DTYPES.join(', ')}, with commas between (int8)`, dtypes, ['int8' as const])
    .addOption(new Option('--template <name>', templateNames.join(', ')).choices(templateNames))
    .option('--system <text>', 'system turn where a row has none')
    .option('--trim', 'strip white space around texts; --no-trim leaves it')
    .addOption(new Option('--no-trim').hideHelp())
    .option('--add-bos', 'texts begin with the BOS token; --no-add-bos: they do not')
    .addOption(new Option('--no-add-bos').hideHelp())
    .addOption(
      new Option(
        '--readout <name>',
        'where the reward is read: last-token, or card: as the class on a Starling-RM card does',
      ).choices(READOUTS),
    )
    .option('--max-length <tokens>', 'longer texts are cut on the left (2048)', atLeast(2))
    .option('-q, --quiet', 'tell nothing but why it failed')
    .addHelpText('after', '\nExample: starling-rm convert ./checkpoint ./my-model --dtype int8,fp32')
    .action((checkpoint: string, folder: string, { dtype, quiet, ...overrides }: ConvertFlags) => {
      const onStep = quiet ? undefined : (what: string) => tell(`writing ${what}`);
      return run((interrupted) =>
        convert({ checkpoint, folder, dtypes: dtype, overrides, onStep, interrupted, checkText: encodes(checkpoint) }),
      );
    });
}

/** Whether the checkpoint's tokenizer has what the template sets. */
function encodes(checkpoint: string) {
  return async ({ template, system, trim, add_bos, max_length }: RewardSettings): Promise<void> => {
    const options = {
      template: makeTemplate({ name: template, system, trim }),
      maxLength: max_length,
      addBos: add_bos,
    };
    new Encoder(await loadTokenizer(checkpoint), { ...options, allowSpecial: false });
  };
}

function dtypes(text: string): Dtype[] {
  return [...new Set(text.split(','))].map((name) => {
    const dtype = DTYPES.find((one) => one === name);
    if (dtype === undefined) throw new InvalidArgumentError(`Expected ${DTYPES.join(', ')}; found "${name}".`);
    return dtype;
  });
}
