import { expect, test } from 'vitest';
import { bibtex } from './cite.ts';
import { linkId } from './id.ts';
import { trainedLink } from './link.fixture.ts';

test('a citation says who, what and where, and nothing in it is read as TeX', async () => {
  const link = { ...(await trainedLink()), title: 'S = 90 % {of} \\all', authors: ['Ada Lovelace', 'Emmy Noether'] };
  const id = linkId(link);
  const cited = bibtex(link, id, `https://example.org/links/${id}`);
  expect(cited).toContain(`@misc{polytope-${id.slice(0, 8)},`);
  expect(cited).toContain('title = {S = 90 \\% \\{of\\} \\textbackslash{}all},');
  expect(cited).toContain('author = {Ada Lovelace and Emmy Noether},');
  expect(cited).toContain('year = {2026},');
  expect(cited).toContain(`\\url{https://example.org/links/${id}}`);
  expect(bibtex({ ...link, authors: [] }, id, '')).not.toContain('author');
});
