'use client';
/** Markdown without HTML: what looks like a tag is text, pictures are not fetched, and a link says where it leads. */
import type { ReactNode } from 'react';
import ReactMarkdown, { defaultUrlTransform, type Components, type Options } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import type { PersonId } from '#lib/base/id';
import { PERSON_LINK } from '#lib/room/mention';
import { useHasSession, useSession } from '../_session/react.tsx';
import styles from './notes.module.css';
import { NOTE_SCHEMA } from './note-schema.ts';
import { rawAsText } from './raw-as-text.ts';

type Plugins = Pick<Options, 'remarkPlugins' | 'rehypePlugins'>;

interface MarkdownProps {
  readonly text: string;
  /** Run after everything that people wrote has been sanitised. */
  readonly plugins?: Plugins;
}

export function Markdown({ text, plugins = {} }: MarkdownProps): ReactNode {
  return (
    <ReactMarkdown
      remarkPlugins={plugins.remarkPlugins ?? []}
      rehypePlugins={[rawAsText, [rehypeSanitize, NOTE_SCHEMA], ...(plugins.rehypePlugins ?? [])]}
      urlTransform={(url) => (url.startsWith(PERSON_LINK) ? url : defaultUrlTransform(url))}
      components={COMPONENTS}
    >
      {text}
    </ReactMarkdown>
  );
}

const COMPONENTS: Components = {
  a: ({ href = '', children }) =>
    href.startsWith(PERSON_LINK) ? (
      <Mention id={href.slice(PERSON_LINK.length) as PersonId}>{children}</Mention>
    ) : (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ),
  // A note is no part of the page's outline.
  h1: 'h5',
  h2: 'h5',
  h3: 'h5',
  h4: 'h5',
};

interface MentionProps {
  readonly id: PersonId;
  readonly children: ReactNode;
}

/** What is frozen is read where there is no session, and nobody is meant. */
function Mention({ id, children }: MentionProps): ReactNode {
  return useHasSession() ? (
    <MentionHere id={id}>{children}</MentionHere>
  ) : (
    <strong className={styles['mention']}>{children}</strong>
  );
}

function MentionHere({ id, children }: MentionProps): ReactNode {
  const isMe = useSession((state) => state.me?.id === id);
  return (
    <strong className={styles['mention']} data-me={isMe ? '' : undefined}>
      {children}
    </strong>
  );
}
