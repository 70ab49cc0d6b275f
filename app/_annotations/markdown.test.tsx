/** What people write is harmless, whatever it is: rendered as the browser gets it. */
import { renderToStaticMarkup } from 'react-dom/server';
import ReactMarkdown from 'react-markdown';
import rehypeKatex from 'rehype-katex';
import rehypeSanitize from 'rehype-sanitize';
import remarkMath from 'remark-math';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { NOTE_SCHEMA } from './note-schema.ts';
import { rawAsText } from './raw-as-text.ts';

const html = (text: string): string =>
  renderToStaticMarkup(
    createElement(
      ReactMarkdown,
      {
        remarkPlugins: [remarkMath],
        rehypePlugins: [rawAsText, [rehypeSanitize, NOTE_SCHEMA], [rehypeKatex, { trust: false, throwOnError: false }]],
      },
      text,
    ),
  );

test('S10 tags are text, in a line and in a block', () => {
  expect(html('see <img src=x onerror=alert(1)> and <W, b>')).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html('<script>alert(1)</script>')).not.toContain('<script');
  expect(html('<iframe src="https://example.org"></iframe>')).not.toContain('<iframe');
});

test('S10 links lead to the web or to mail; pictures are not fetched', () => {
  expect(html('[x](javascript:alert(1))')).not.toContain('javascript:');
  expect(html('[x](data:text/html,1)')).not.toContain('data:');
  expect(html('![x](https://example.org/a.png)')).not.toContain('<img');
  expect(html('[x](https://example.org)')).toContain('href="https://example.org"');
});

test('S10 TeX makes no links, no HTML and no errors', () => {
  expect(html('$\\href{javascript:alert(1)}{x}$')).not.toContain('href="javascript');
  expect(html('$\\htmlClass{a}{x} \\includegraphics{x}$')).not.toContain('<img');
  expect(html('$\\frac{1}{$')).toContain('katex-error');
  expect(html('$\\hat W_3$')).toContain('katex');
});
