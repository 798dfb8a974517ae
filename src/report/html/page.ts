import { counted } from '../numbers.js';
import { loadDraw } from '../plots/render.js';
import { type Content, html, type Markup, verbatim } from './markup.js';
import { listed } from './named.js';
import type { Report } from './report.js';
import { rewardsBy } from './rewards-by.js';
import type { Section } from './section.js';
import { bestOfNFigure } from './sections/best-of-n.js';
import { calibrationFigure } from './sections/calibration.js';
import { coverageFigure } from './sections/coverage.js';
import { disagreementsSection } from './sections/disagreements.js';
import { explainedAwaySection } from './sections/explained-away.js';
import { leaderboardSection } from './sections/leaderboard.js';
import { lengthRewardFigure } from './sections/length-reward.js';
import { labelMarginsFigure, scoreMarginsFigure } from './sections/margins.js';
import { methodSection } from './sections/method.js';
import { positionsFigure } from './sections/positions.js';
import { rankConfusionFigure } from './sections/rank-confusion.js';
import { slicesSection } from './sections/slices.js';
import { statisticsSection } from './sections/statistics.js';
import { summarySection } from './sections/summary.js';
import { STYLES } from './styles.js';

/**
 * The evaluation as one HTML file that runs no script, loads nothing, and stays under 1.5 MB. Texts are escaped, and the page's content
 * security policy forbids everything that could run or load.
 */
export async function reportPage(report: Report): Promise<string> {
  const sections = await sectionsOf(report);
  const { rows, comparisons } = report.evaluation;
  const basis = `${counted(rows, 'row')}, ${counted(comparisons, 'comparison')}`;
  return `${html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Agreement of rewards and labels: ${listed(report.inputs)} (${basis})</title>
<style>${verbatim(STYLES)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header>
<h1>Agreement of rewards and labels</h1>
<p>${origin(report)}</p>
<p>${basis}</p>
</header>
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(sectionMarkup)}
</main>
</body>
</html>
`}`;
}

function origin({ inputs, evaluation }: Report): Content {
  const by = rewardsBy(evaluation);
  return html`<bdi>${listed(inputs)}</bdi>${by && html`, ${by}`}`;
}

function sectionMarkup({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${body}
</section>
`;
}

async function sectionsOf(report: Report): Promise<Section[]> {
  const { evaluation } = report;
  if (evaluation.rows_compared === 0) return [summarySection(evaluation), methodSection(report)];
  const draw = await loadDraw();
  return [
    summarySection(evaluation),
    statisticsSection(evaluation),
    await explainedAwaySection(evaluation, draw),
    cards('margins', 'When the reward can be trusted', [
      await labelMarginsFigure(evaluation, draw),
      await scoreMarginsFigure(evaluation, draw),
      await calibrationFigure(evaluation, draw),
      await coverageFigure(evaluation, draw),
    ]),
    cards('choice', 'What its choices are worth', [
      await bestOfNFigure(evaluation, draw),
      await rankConfusionFigure(evaluation, draw),
      await lengthRewardFigure(evaluation, draw),
      await positionsFigure(evaluation, draw),
    ]),
    await slicesSection(evaluation, draw),
    await leaderboardSection(evaluation, draw),
    methodSection(report),
    disagreementsSection(report),
  ];
}

function cards(id: string, title: string, figures: readonly Markup[]): Section {
  return { id, title, body: html`<div class="cards">${figures}</div>` };
}
