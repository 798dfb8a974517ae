import type { TopLevelSpec } from 'vega-lite';

/** A plot of several layers in Vega-Lite. */
export type Spec = Extract<TopLevelSpec, { layer: unknown }>;
export type Layer = Spec['layer'][number];

/** A plot as SVG: the content of the `svg` element, and the size of its view box. */
export interface Drawing {
  width: number;
  height: number;
  inside: string;
}

export type DrawPlot = (spec: Spec) => Promise<Drawing>;

/** Loads the plotting libraries, which is slow, so only when there is something to draw. They need no browser and no canvas. */
export async function loadDraw(): Promise<DrawPlot> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  return async (spec) => {
    const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none', logLevel: vega.Error });
    const svg = await view.toSVG();
    view.finalize();
    return drawingOf(svg);
  };
}

const SVG = /^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)<\/svg>$/s;

function drawingOf(svg: string): Drawing {
  const [, width, height, inside] = SVG.exec(svg) ?? [];
  if (inside === undefined) throw new Error(`not the SVG that was expected: ${svg.slice(0, 200)}`);
  return { width: Number(width), height: Number(height), inside: slim(inside) };
}

const EMPTY_GROUND = /<path class="(?:background|foreground)"[^>]*\/>/g;
/** Vega escapes what would open or close a tag in texts, so this matches tags only. */
const TAG = /<[^>]*>/g;
const UNUSED = / (?:class|role|aria-[a-z]+|pointer-events|stroke-miterlimit|font-family)="[^"]*"/g;
const LONG_NUMBER = /-?\d+\.\d{3,}/g;

/** Halves the SVG: drops invisible backgrounds, names for scripts, and digits below 0.01 pixels. */
function slim(inside: string): string {
  return inside
    .replaceAll(EMPTY_GROUND, '')
    .replaceAll(TAG, (tag) => tag.replaceAll(UNUSED, '').replaceAll(LONG_NUMBER, (digits) => `${rounded(digits)}`))
    .replaceAll(/<g>(<g><\/g>)*<\/g>/g, '');
}

function rounded(digits: string): number {
  return Math.round(Number(digits) * 100) / 100;
}
