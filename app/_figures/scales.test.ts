import { describe, expect, it } from 'vitest';
import {
  cellColour,
  clamp,
  featureColour,
  formatDensity,
  formatPower,
  gramColour,
  reach,
  superpositionColour,
} from './scales.ts';

describe('colours', () => {
  it('gives the most important feature the yellow end in both themes', () => {
    expect(featureColour(0, 5)).toContain('#fde725');
    expect(featureColour(4, 5)).toContain('#440154');
    expect(cellColour(9, 10)).toBe(featureColour(0, 10));
  });

  it('gives a lone feature a colour', () => {
    expect(featureColour(0, 1)).toBe(featureColour(0, 5));
  });

  it('runs superposition from navy through teal to yellow and stops there', () => {
    expect(superpositionColour(0)).toMatch(/none.*half\) 0\.0%/);
    expect(superpositionColour(0.75)).toMatch(/half.*full\) 50\.0%/);
    expect(superpositionColour(7)).toBe(superpositionColour(1));
  });

  it('draws a weight that is not a number as no weight', () => {
    expect(superpositionColour(Number.NaN)).toBe(superpositionColour(0));
    expect(clamp(Number.NaN, 0, 1)).toBe(0);
  });

  it('tells negative from positive entries by hue', () => {
    expect(gramColour(-1)).toContain('--gram-negative');
    expect(gramColour(1)).toContain('--gram-positive');
  });
});

describe('reach', () => {
  it('rests at 1.4 for vectors of about unit length and grows in steps', () => {
    expect(reach([1, 1.17])).toBe(1.4);
    expect(reach([1.5])).toBe(2);
    expect(reach([100])).toBeGreaterThan(100);
  });
});

describe('formatDensity', () => {
  it('says S and p in the same digits', () => {
    expect(formatDensity(0.1)).toEqual({ S: '0.90', p: '0.10' });
    expect(formatDensity(0.001)).toEqual({ S: '0.999', p: '0.001' });
    expect(formatDensity(1)).toEqual({ S: '0.00', p: '1.00' });
  });
});

it('writes the ticks of small losses short', () => {
  expect([0.2, 0.005, 0.0001, 0.00002, 1e-10].map(formatPower)).toEqual(['0.2', '0.005', '10⁻⁴', '2·10⁻⁵', '10⁻¹⁰']);
});
