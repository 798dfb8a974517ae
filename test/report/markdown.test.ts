import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationMarkdown } from '../../src/report/markdown.js';
import { ordinary, unlabelled } from './evaluations.js';

test('an ordinary evaluation, to the letter', () => {
  assert.equal(
    evaluationMarkdown(ordinary()),
    `\
|  | reward | 95 % interval | longer answer | reward - longer |
|---|--:|--:|--:|--:|
| pairwise accuracy | 71.3 % | 68.0 to 74.5 | 62.7 % | 4.0 to 13.0 |
| adjacent accuracy | 60.1 % | 55.0 to 64.0 | 55.0 % | 1.0 to 10.0 |
| Kendall tau-b | 0.412 | 0.361 to 0.460 | 0.250 | 0.100 to 0.220 |
| Spearman | 0.500 | 0.430 to 0.570 | 0.300 | 0.120 to 0.280 |
| top-1 | 45.0 % | 32.0 to 58.0 | 30.0 % | -2.0 to 31.0 |
| Plackett-Luce NLL | 6.412 | 6.120 to 6.703 | - | - |

| pairwise accuracy of |  | reward - it |
|---|--:|--:|
| the longer answer | 62.7 % | 4.0 to 13.0 |
| the answering model alone | 64.0 % | 2.0 to 12.0 |
| a random guess | 50.0 % | 18.0 to 24.5 |
| reward, length-controlled | 68.0 % |  |

The reward orders 71.3 % of 1,257 pairs as the labels do (95 % interval 68.0 to 74.5); picking the longer answer orders 62.7 %.

60 rows, 1,257 comparisons, 60 prompts; intervals by bootstrap over prompts (1,000 resamples, seed 1).
`,
  );
});

test('no labels: the sentence alone', () => {
  assert.match(evaluationMarkdown(unlabelled()), /^No labels to compare with[^\n|]*\n$/);
});
