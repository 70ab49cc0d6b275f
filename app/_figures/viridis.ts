/** Viridis (van der Walt and Smith, 2015; in the public domain), every eighth of its 256 colours, sRGB between them: within 3 of 255. */
const KNOTS =
  '440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e26828e23898e21918c1f988b1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725';

/** Hexadecimal digits of a colour, and of one of its three parts */
const COLOUR = 6;
const PART = 2;
const LAST = KNOTS.length / COLOUR - 1;

/** 0 violet … 1 yellow → "#rrggbb" */
export function viridis(value: number): string {
  const place = Math.min(1, Math.max(0, value)) * LAST;
  const knot = Math.min(LAST - 1, Math.floor(place));
  const parts = [0, 1, 2].map((part) => {
    const [a, b] = [partOf(knot, part), partOf(knot + 1, part)];
    return Math.round(a + (b - a) * (place - knot))
      .toString(16)
      .padStart(PART, '0');
  });
  return `#${parts.join('')}`;
}

function partOf(knot: number, part: number): number {
  const start = knot * COLOUR + part * PART;
  return Number.parseInt(KNOTS.slice(start, start + PART), 16);
}
