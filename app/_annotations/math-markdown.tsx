'use client';
/** The only file that knows KaTeX, which is as large as the room itself: load it lazily, where there is mathematics. */
import type { ReactNode } from 'react';
import rehypeKatex from 'rehype-katex';
import remarkMath from 'remark-math';
import 'katex/dist/katex.min.css';
import { Markdown } from './markdown.tsx';

/** trust: no links and no HTML out of TeX. maxExpand, maxSize (em): a macro that doubles itself, or a rule that covers the page. */
const KATEX = { trust: false, strict: 'ignore', throwOnError: false, maxExpand: 100, maxSize: 8 } as const;

const PLUGINS = {
  remarkPlugins: [remarkMath],
  rehypePlugins: [[rehypeKatex, KATEX] as [typeof rehypeKatex, typeof KATEX]],
};

export const MathMarkdown = ({ text }: { readonly text: string }): ReactNode => (
  <Markdown text={text} plugins={PLUGINS} />
);
