import { type Command, InvalidArgumentError, Option } from 'commander';
import { DTYPES, type Dtype, READOUTS } from '../../model/files.js';
import { CHAT_TEMPLATE, templateNames } from '../../template/templates.js';
import { addClosing, addConsoleFlags, atLeast, GROUPS } from '../common/flags.js';
import type { Run } from '../common/run.js';
import { type ConvertFlags, convertSettings, LAYOUTS } from './settings.js';

const TEMPLATES = [...templateNames, CHAT_TEMPLATE];

/** The variables of Python's huggingface_hub that loading from the hub obeys. */
const ENVIRONMENT = [
  'HF_TOKEN                 access token of the hub',
  'HF_HOME                  folder of the cache (default: ~/.cache/huggingface)',
  'HF_HUB_CACHE             cache of repositories (default: hub in HF_HOME)',
  'HF_ENDPOINT              address of the hub',
  'HF_HUB_OFFLINE           1: use the cache only',
  'HF_HUB_DOWNLOAD_TIMEOUT  seconds without data until a retry (default: 30)',
];

const SUMMARY = 'Converts a checkpoint to a model folder';

/** `starling-rm convert`: a checkpoint in, a model folder out. */
export function addConvert(program: Command, run: Run<void>): void {
  const command = program
    .command('convert')
    .summary(SUMMARY)
    .description(
      `${SUMMARY}. The checkpoint needs config.json, the tokenizer's files, and the weights of a Llama, Mistral, Qwen2 or Qwen3 trunk with a reward head: safetensors or PyTorch files, whole or in shards. Flags override the checkpoint's reward.json.`,
    )
    .argument('<checkpoint>', 'a Hugging Face folder, or OWNER/NAME[@revision]')
    .argument('<folder>', 'model folder; one of this checkpoint gains the dtypes');
  command
    .optionsGroup(GROUPS.input)
    .option('--base <checkpoint>', 'where config.json or a tokenizer is, if it has none')
    .optionsGroup(GROUPS.model)
    .addOption(
      new Option('--dtype <list>', `comma-separated list of ${DTYPES.join(', ')}`)
        .argParser(dtypes)
        .default(undefined, 'int8'),
    )
    .addOption(
      new Option('--to <layout>', 'graphs to score with here, or a folder that servers load')
        .choices(LAYOUTS)
        .default(undefined, 'onnx'),
    )
    .addOption(new Option('--template <name>', 'text format').choices(TEMPLATES).default(undefined, "the checkpoint's"))
    .option('--template-file <file>', 'chat template in Jinja, which the model keeps')
    .option('--system <text>', 'system turn of rows that have none')
    .option('--trim', 'strip white space around texts; --no-trim keeps it')
    .addOption(new Option('--no-trim').hideHelp())
    .option('--add-bos', 'begin texts with the BOS token; --no-add-bos does not')
    .addOption(new Option('--no-add-bos').hideHelp())
    .addOption(new Option('--readout <name>', 'token that the head reads').choices(READOUTS))
    .addOption(
      new Option('--max-length <tokens>', 'cut longer texts at the beginning')
        .argParser(atLeast(2))
        .default(undefined, '2048'),
    );
  addConsoleFlags(command);
  addClosing(command, {
    notes: ['Environment:', ...ENVIRONMENT.map((line) => `  ${line}`), ''],
    examples: [
      'starling-rm convert ./checkpoint ./my-model',
      'starling-rm convert OWNER/NAME ./my-model --dtype int8,fp32',
      'starling-rm convert ./checkpoint ./to-serve --to transformers',
    ],
    pages: ['docs/models.md', 'docs/engines.md'],
  }).action((checkpoint: string, folder: string, flags: ConvertFlags) =>
    run(async (interrupted, console) => {
      const settings = convertSettings(checkpoint, folder, flags, console);
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
