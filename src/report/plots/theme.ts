import type { Layer, Spec } from './render.js';

/** Colours that the page defines for light, dark and print. */
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const LINE = 'var(--line)';
export const REWARD = 'var(--reward)';
export const LONGER = 'var(--longer)';
export const BETTER = 'var(--better)';
export const WORSE = 'var(--worse)';

/** Width of every plot in pixels. It fits a phone unscaled, so its letters are as large as the text around it. */
export const WIDTH = 360;
export const FONT_SIZE = 11.5;

/** Height of a plot's data area, and the margins around it, in pixels. */
export interface Frame {
  height: number;
  left?: number;
  right?: number;
  top?: number;
  bottom?: number;
}

/**
 * A plot with explicit measures: without a browser the libraries know no font and would reserve too much room for letters.
 * @param encoding shared by all layers
 */
export function plot(frame: Frame, encoding: Spec['encoding'], layer: readonly (Layer | undefined)[]): Spec {
  const { height, left = 46, right = 14, top = 26, bottom = 44 } = frame;
  return {
    autosize: { type: 'none' },
    padding: { left, right, top, bottom },
    width: WIDTH - left - right,
    height,
    background: 'transparent',
    data: { values: [] },
    encoding,
    layer: layer.filter((one) => one !== undefined),
    config: CONFIG,
  };
}

const CONFIG: Spec['config'] = {
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: MUTED,
    labelFontSize: FONT_SIZE,
    labelOverlap: false,
    labelFlush: false,
    titleColor: MUTED,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 'normal',
    gridColor: LINE,
    domainColor: LINE,
    tickColor: LINE,
  },
  text: { fontSize: FONT_SIZE, color: INK },
  point: { filled: true, opacity: 1, size: 45 },
  rule: { strokeWidth: 1.6 },
};

/** Upper bound for the width of a text, in pixels. */
export function textWidth(text: string): number {
  return text.length * 0.68 * FONT_SIZE;
}
