import { type Command, InvalidArgumentError, Option } from 'commander';
import { DTYPES, type Dtype, READOUTS } from '../../model/files.js';
import { CHAT_TEMPLATE, templateNames } from '../../template/templates.js';
import { atLeast } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type ConvertFlags, convertSettings } from './settings.js';

const TEMPLATES = [...templateNames, CHAT_TEMPLATE];

const SUMMARY = 'Turns a checkpoint into a model folder';

/** `starling-rm convert`: a checkpoint in, a model folder out. */
export function addConvert(program: Command, run: Run<void>): void {
  program
    .command('convert')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}. The checkpoint is a Hugging Face folder (config.json, tokenizer files, and the weights of a Llama, Mistral, Qwen2 or Qwen3 trunk with a reward head: safetensors or PyTorch files, whole or in shards), or OWNER/NAME[@revision] on the hub, loaded into its cache (HF_HOME, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE). A folder that was made from the same checkpoint gains the dtypes. Flags go before the checkpoint's own reward.json.`,
    )
    .argument('<checkpoint>')
    .argument('<folder>')
    .option('--dtype <list>', `of ${DTYPES.join(', ')}, with commas between (int8)`, dtypes, ['int8' as const])
    .option('--base <checkpoint>', 'where config.json or a tokenizer is, if it has none')
    .addOption(new Option('--template <name>', TEMPLATES.join(', ')).choices(TEMPLATES))
    .option('--template-file <file>', 'a chat template in Jinja, which the model keeps')
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
    .option('--no-progress', 'no progress on a terminal')
    .addHelpText('after', '\nExample: starling-rm convert ./checkpoint ./my-model --dtype int8,fp32')
    .action((checkpoint: string, folder: string, flags: ConvertFlags) =>
      run(async (interrupted) => {
        const settings = convertSettings(checkpoint, folder, flags);
        return (await import('./convert.js')).convertTo(settings, interrupted);
      }),
    );
}

function dtypes(text: string): Dtype[] {
  return [...new Set(text.split(','))].map((name) => {
    const dtype = DTYPES.find((one) => one === name);
    if (dtype === undefined) throw new InvalidArgumentError(`Expected ${DTYPES.join(', ')}; found "${name}".`);
    return dtype;
  });
}
