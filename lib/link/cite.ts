/** A link as others cite it. */
import type { Link, LinkId } from './link.ts';

/** `address`: where it can be read. */
export function bibtex(
  { title, authors, licence, madeAt }: Pick<Link, 'title' | 'authors' | 'licence' | 'madeAt'>,
  id: LinkId,
  address: string,
): string {
  const made = new Date(madeAt);
  const fields = [
    ['title', `{${escaped(title)}}`],
    ...(authors.length === 0 ? [] : [['author', `{${authors.map(escaped).join(' and ')}}`]]),
    ['year', `{${made.getUTCFullYear()}}`],
    ['month', `{${made.getUTCMonth() + 1}}`],
    ['howpublished', `{\\url{${address}}}`],
    ['note', `{Polytope link ${id}${licence === 'all-rights-reserved' ? '' : `, ${licence}`}}`],
  ];
  return `@misc{polytope-${id.slice(0, 8)},\n${fields.map(([key, value]) => `  ${key ?? ''} = ${value ?? ''},\n`).join('')}}\n`;
}

const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}' };

/** What BibTeX or TeX would read as something else. */
const escaped = (text: string): string =>
  text.replace(/[\\{}]/g, (letter) => SPECIAL[letter] ?? letter).replace(/[&%$#_]/g, '\\$&');
