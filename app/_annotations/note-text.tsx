'use client';
/** What people wrote, as Markdown. Until the reader of Markdown has come, and where it fails, as it was typed. */
import { Component, lazy, Suspense, type ReactNode } from 'react';
import styles from './notes.module.css';

// Neither is needed before somebody has written something; KaTeX only where it is mathematics.
const Markdown = lazy(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown })));
const MathMarkdown = lazy(() => import('./math-markdown.tsx').then((module) => ({ default: module.MathMarkdown })));

/** characters; reading a longer text as Markdown would hold up the page. */
const MARKDOWN_LENGTH = 40_000;

/** A dollar that opens something: prices alone do not fetch KaTeX. */
const hasMath = (text: string): boolean => /\$[^$]+\$/.test(text);

export function NoteText({ text }: { readonly text: string }): ReactNode {
  const plain = <p className={styles['plain']}>{text}</p>;
  if (text.length > MARKDOWN_LENGTH) return <div className={styles['text']}>{plain}</div>;
  const Reader = hasMath(text) ? MathMarkdown : Markdown;
  return (
    <div className={styles['text']}>
      <TextBoundary key={text} plain={plain}>
        <Suspense fallback={plain}>
          <Reader text={text} />
        </Suspense>
      </TextBoundary>
    </div>
  );
}

interface BoundaryProps {
  readonly plain: ReactNode;
  readonly children: ReactNode;
}

class TextBoundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.plain : this.props.children;
  }
}
