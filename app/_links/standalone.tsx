/**
 * A link as one HTML file: this program, the link and the verifier are in it, and it opens from disk without a server. `server/links/page.ts`
 * puts the three together.
 */
import { useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { present } from '#lib/base/assert';
import { bibtex } from '#lib/link/cite';
import { linkId } from '#lib/link/id';
import type { Link, LinkId } from '#lib/link/link';
import '../globals.css';
import { LinkWords } from './link-words.tsx';
import { VerifyPanel } from './verify-panel.tsx';
import { verifyIn } from './verifying.ts';
import { Viewer } from './viewer.tsx';
import styles from './viewer.module.css';

interface Saved {
  readonly id: LinkId;
  /** Where it was saved from. */
  readonly address: string;
  readonly link: Link;
}

function Standalone({ saved: { id, address, link } }: { readonly saved: Saved }): ReactNode {
  const [verify] = useState(() => verifyIn(startVerifier));
  const intact = linkId(link) === id;
  return (
    <div className={styles['page']}>
      <main className={styles['main']}>
        <LinkWords link={link} supersededBy={null} />
        <Viewer link={link}>{(cell) => <VerifyPanel link={link} verify={verify} whole cell={cell} />}</Viewer>
        <footer className={styles['saved']}>
          <p data-testid="intact" data-intact={intact ? '' : undefined}>
            {intact
              ? `Its content has the hash ${id}, which is the address that it was saved from.`
              : `Its content was changed since it was saved: it no longer has the hash ${id}.`}
          </p>
          <p>
            Saved from <a href={address}>{address}</a>. It needs neither that server nor a network.
          </p>
          <pre>{bibtex(link, id, address)}</pre>
        </footer>
      </main>
    </div>
  );
}

/** Its text stands in the file. */
function startVerifier(): Worker {
  const source = textOf('verifier');
  return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
}

const textOf = (id: string): string =>
  present(document.getElementById(id)?.textContent, `the part "${id}" of this file`);

const saved = JSON.parse(textOf('saved')) as Saved;
document.title = saved.link.title;
createRoot(present(document.getElementById('root'), 'a place to draw')).render(<Standalone saved={saved} />);
