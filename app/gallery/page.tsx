import { Fragment, type ReactNode } from 'react';
import { SCENES } from './fake-session.ts';
import styles from './gallery.module.css';
import { GalleryFigures } from './gallery-figures.tsx';

export const metadata = { title: 'Gallery' };

/** Every figure on frozen frames, in several sizes: the test that is done with the eyes. */
export default function GalleryPage(): ReactNode {
  return (
    <main className={styles['gallery']}>
      <h1>Gallery</h1>
      <p>
        Every figure on frozen frames. A room without a server:{' '}
        {SCENES.map((scene) => (
          <Fragment key={scene}>
            <a href={`/gallery/room?scene=${scene}`}>{scene}</a>{' '}
          </Fragment>
        ))}
      </p>
      <GalleryFigures />
    </main>
  );
}
