/**
 * A figure on the page → an SVG that stands by itself: what style sheets, themes and inheritance have made of each element is
 * written on it, colours as sRGB, fonts by their names. Text beside the drawing (a label, a legend) becomes text of the SVG.
 */

interface Box {
  readonly left: number;
  readonly top: number;
}

export interface SvgWords {
  readonly title: string;
  readonly caption: string;
}

/** `head`: the line above the drawing. Both as they are laid out on the page. */
export function svgOf(head: Element, drawing: Element, { title, caption }: SvgWords): string {
  const colour = createColours();
  const [above, below] = [head.getBoundingClientRect(), drawing.getBoundingClientRect()];
  const offset = Math.min(above.top, below.top);
  // A strip may be longer than the screen, and scrolled.
  const sides = [...drawing.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect());
  const left = Math.min(below.left, ...sides.map((side) => side.left));
  const right = Math.max(below.right, ...sides.map((side) => side.right));
  const origin = { left: left - MARGIN, top: offset - MARGIN };
  const width = round(right - left + 2 * MARGIN);
  const height = round(below.bottom - offset + 2 * MARGIN);
  const paper = colour(getComputedStyle(document.body).backgroundColor);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(caption)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    `<g id="head">${partOf(head, { ...origin, left: above.left - MARGIN }, colour)}</g>`,
    `<g id="drawing">${partOf(drawing, origin, colour)}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** px of paper around it */
const MARGIN = 12;

/** Everything drawn or written in `element`, but for what only serves hands and screen readers. */
function partOf(element: Element, origin: Box, colour: Colours): string {
  if (element.matches('button:not([role=radio]), [role=menu], figcaption, .visually-hidden')) return '';
  if (element instanceof SVGSVGElement) return outerSvg(element, origin, colour);
  return [...element.childNodes]
    .map((child) => {
      if (child instanceof Element) return partOf(child, origin, colour);
      return child instanceof Text ? textBeside(child, element, origin, colour) : '';
    })
    .join('');
}

function outerSvg(svg: SVGSVGElement, origin: Box, colour: Colours): string {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const viewBox = svg.getAttribute('viewBox') ?? `0 0 ${round(width)} ${round(height)}`;
  const place = { x: left - origin.left, y: top - origin.top, width, height };
  const placed = Object.entries(place).map(([name, value]) => ` ${name}="${round(value)}"`);
  const aspect = svg.getAttribute('preserveAspectRatio');
  const ratio = aspect === null ? '' : ` preserveAspectRatio="${aspect}"`;
  return `\n<svg${placed.join('')} viewBox="${viewBox}"${ratio} overflow="visible"${styleOf(svg, true, colour)}>${childrenOf(svg, colour)}</svg>`;
}

/** HTML text at its middle where it is centred, else at its start; one line. */
function textBeside(node: Text, parent: Element, origin: Box, colour: Colours): string {
  const words = node.data.replace(/\s+/g, ' ');
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (words.trim() === '' || box.width === 0) return '';
  const style = getComputedStyle(parent);
  const anchor = style.textAlign === 'center' ? 'middle' : 'start';
  const x = round((anchor === 'middle' ? box.left + box.width / 2 : box.left) - origin.left);
  const y = round(box.top + box.height / 2 - origin.top);
  const font = fontOf(style).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return `\n<text x="${x}" y="${y}" text-anchor="${anchor}" dominant-baseline="central" fill="${colour(style.color)}"${font.join('')}>${escape(words.trim())}</text>`;
}

const childrenOf = (element: Element, colour: Colours): string =>
  [...element.childNodes].map((child) => nodeOf(child, colour)).join('');

function nodeOf(node: ChildNode, colour: Colours): string {
  if (node instanceof Text) return escape(node.data);
  if (!(node instanceof SVGElement)) return '';
  if (node instanceof SVGTitleElement) return `<title>${escape(node.textContent)}</title>`;
  if (isUnseen(node)) return '';
  const inside = childrenOf(node, colour);
  if (inside === '' && (node instanceof SVGGElement || node instanceof SVGTextElement)) return '';
  const opening = `\n<${node.tagName}${geometryOf(node)}${styleOf(node, false, colour)}`;
  return inside === '' ? `${opening}/>` : `${opening}>${inside}</${node.tagName}>`;
}

/** What a pointer finds and an eye does not. */
function isUnseen(element: SVGElement): boolean {
  const { display, visibility, fill, stroke } = getComputedStyle(element);
  if (display === 'none' || visibility === 'hidden') return true;
  return element instanceof SVGGeometryElement && isNothing(fill) && isNothing(stroke) && !element.closest('clipPath');
}

const isNothing = (paint: string): boolean => paint === 'none' || paint === 'rgba(0, 0, 0, 0)';

const GEOMETRY = [
  ...['id', 'clip-path', 'transform', 'viewBox', 'd', 'points'],
  ...['x', 'y', 'dx', 'dy', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r', 'x1', 'y1', 'x2', 'y2'],
];

const geometryOf = (element: Element): string =>
  GEOMETRY.flatMap((name) => {
    const value = element.getAttribute(name);
    return value === null ? [] : [` ${name}="${escape(roundAll(value, name))}"`];
  }).join('');

/** Names carry numbers that mean nothing. */
const roundAll = (value: string, name: string): string =>
  name === 'id' || name === 'clip-path' ? value : value.replace(/-?\d+\.\d+(e-?\d+)?/g, (text) => round(Number(text)));

const round = (value: number): string => String(Number(value.toFixed(2)));

/** As the computed style names it, and what it is where nobody says anything. The inherited ones are written where they change. */
const INHERITED: readonly (readonly [name: string, initial: string])[] = [
  ['fill', 'rgb(0, 0, 0)'],
  ['fill-opacity', '1'],
  ['stroke', 'none'],
  ['stroke-width', '1px'],
  ['stroke-opacity', '1'],
  ['stroke-dasharray', 'none'],
  ['stroke-linecap', 'butt'],
  ['stroke-linejoin', 'miter'],
  ['text-anchor', 'start'],
];
const OWN: readonly (readonly [name: string, initial: string])[] = [
  ['opacity', '1'],
  ['vector-effect', 'none'],
];

function styleOf(element: Element, outermost: boolean, colour: Colours): string {
  const style = getComputedStyle(element);
  const around = outermost || element.parentElement === null ? null : getComputedStyle(element.parentElement);
  const written = [
    ...INHERITED.filter(([name, initial]) => read(style, name) !== (around === null ? initial : read(around, name))),
    ...OWN.filter(([name, initial]) => read(style, name) !== initial),
  ].map(([name]): readonly [string, string] => [name, read(style, name)]);
  const text = element instanceof SVGTextElement ? [...fontOf(style), ...baselineOf(style)] : [];
  return [...written, ...text].map(([name, value]) => ` ${name}="${escape(plain(name, value, colour))}"`).join('');
}

const read = (style: CSSStyleDeclaration, name: string): string => style.getPropertyValue(name);

function plain(name: string, value: string, colour: Colours): string {
  if ((name === 'fill' || name === 'stroke') && value !== 'none' && !value.startsWith('url(')) return colour(value);
  return value.replaceAll('px', '');
}

const fontOf = (style: CSSStyleDeclaration): readonly (readonly [string, string])[] => [
  ['font-family', style.fontFamily.replaceAll('"', "'")],
  ['font-size', style.fontSize],
  ...(style.fontWeight === '400' ? [] : [['font-weight', style.fontWeight] as const]),
  ...(style.fontStyle === 'normal' ? [] : [['font-style', style.fontStyle] as const]),
];

const baselineOf = (style: CSSStyleDeclaration): readonly (readonly [string, string])[] =>
  style.dominantBaseline === 'auto' ? [] : [['dominant-baseline', style.dominantBaseline]];

type Colours = (css: string) => string;

/** Any CSS colour → #rrggbb, or rgba() where it is seen through: other programs know no color-mix. */
function createColours(): Colours {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const known = new Map<string, string>();
  return (css) => {
    const held = known.get(css);
    if (held !== undefined || context === null) return held ?? css;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
    const written =
      alpha === 255
        ? `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`
        : `rgba(${r}, ${g}, ${b}, ${round(alpha / 255)})`;
    known.set(css, written);
    return written;
  };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
